// What the api keeps for the life of the process; read-only while requests run, but for the
// counters in Metrics.
#pragma once

#include <string>

#include "api/assets.h"
#include "api/export_shelf.h"
#include "api/figures.h"
#include "api/metrics.h"
#include "api/page.h"
#include "api/services.h"
#include "crypto/digest.h"
#include "index/snapshot_file.h"

namespace chayan::api {

struct Environment {
  explicit Environment(Services given);

  Services services;
  Metrics metrics;
  std::string openapi;                     // /openapi.json
  std::string limits;                      // /v1/limits
  mutable ExportShelf exports;             // has its own lock
  mutable index::SnapshotShelf snapshots;  // likewise
  mutable FigureShelf figures;             // likewise
  Assets assets;
  PageFrame pages;  // names the assets
};

}  // namespace chayan::api
