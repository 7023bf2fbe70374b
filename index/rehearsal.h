// A rehearsal of an import: every change is admitted and planned in its order, against the store as
// it is and what was rehearsed before, and nothing is recorded. So `import` can name every bad row
// before it writes the first good one, in bounded memory whatever the size of the file.
//
// What later changes can depend on goes to a scratch database beside the store, which is deleted
// with the rehearsal. It holds what the store would hold, sealed in the same way.
#pragma once

#include <memory>

#include "base/result.h"
#include "domain/change.h"
#include "index/store.h"

namespace chayan::index {

class Rehearsal {
 public:
  // `store` must outlive it and must not be written meanwhile.
  static Result<std::unique_ptr<Rehearsal>> begin(const Store& store);
  ~Rehearsal();

  // False: recorded already. An error is the change's rejection, and the rehearsal goes on without
  // it; errors of code io and corrupt are the rehearsal's own and end it. Not thread-safe.
  Result<bool> plan(const Change& change);

 private:
  class Impl;
  explicit Rehearsal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chayan::index
