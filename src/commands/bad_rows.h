// The rows that an import leaves out, set aside so that they can be mended and imported: FILE, as
// NDJSON, and FILE.reasons. Both hold personal data and are their owner's alone (0600).
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/result.h"

namespace chayan::commands {

class BadRows {
 public:
  // Makes both files. What stands in one already is another run's and is not written over: error
  // conflict; `goes_on` where that run was an earlier one of this import, whose rows stay in front.
  static Result<BadRows> open(const std::string& path, bool goes_on);

  // Held until write().
  void add(std::string_view row, std::string_view reason);
  // The added rows are on the disk when this returns well. It is for before the batch that leaves
  // them out is committed: a kill in between sets them aside twice, and never loses one.
  Result<void> write();
  // Takes away files that nothing was written to.
  void remove_if_empty() const;

 private:
  struct Part {
    std::string path;
    OpenFile file;
    std::string pending;
  };
  BadRows(Part rows, Part reasons) : rows_(std::move(rows)), reasons_(std::move(reasons)) {}
  static Result<Part> open_part(std::string path, bool goes_on);
  static Result<void> write_part(Part& part);

  Part rows_;
  Part reasons_;
};

}  // namespace chayan::commands
