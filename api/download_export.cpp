#include "api/download_export.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "api/environment.h"
#include "api/export_shelf.h"
#include "api/times.h"

namespace chayan::api {
namespace {

using std::chrono::sys_seconds;

sys_seconds beginning_of(Date day_in_shanghai) {
  return std::chrono::sys_days(std::chrono::days(day_in_shanghai.days())) - std::chrono::hours(8);
}

// Never later than now (RFC 9110 section 8.8.2.1): a clock may have been set back.
std::optional<sys_seconds> last_modified(const Call& call, const ExportFile& file, bool is_open) {
  if (!file.as_of) return std::nullopt;
  const sys_seconds modified =
      is_open ? std::max(*file.as_of, beginning_of(call.today)) : *file.as_of;
  const auto now = std::chrono::floor<std::chrono::seconds>(call.environment.services.clock.now());
  return std::min(modified, now);
}

std::string download_name(ExportName name, const ExportFile& file) {
  return "chayan-" + std::string(name.table_name()) + "-" + file.on.text() + "-seq" +
         std::to_string(file.seq) + "." + std::string(extension(name.format));
}

}  // namespace

Result<void> answer_export(const Call& call, http::Response& response) {
  const auto name = ExportName::parse(call.path.decoded[0]);
  if (!name) return name.error();
  const std::optional<Date> day = call.fields.parsed("on", Date::parse);
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  const index::Reader reader = reader_of(call);
  const auto file = call.environment.exports.get(reader, *name, day.value_or(call.today));
  if (!file) return file.error();

  response.content_type = media_type(name->format);
  response.body = (*file)->bytes;
  response.set("Chayan-Size", std::to_string((*file)->seq));
  response.set("Content-Disposition", "attachment; filename=" + download_name(*name, **file));
  if (const auto modified = last_modified(call, **file, !day)) {
    response.set("Last-Modified", http_date(*modified));
  }
  return {};
}

}  // namespace chayan::api
