#include "api/download_export.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "api/environment.h"
#include "api/export_shelf.h"
#include "api/representation.h"
#include "api/times.h"
#include "base/limits.h"
#include "http/shared_source.h"

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

Result<void> wait(const Call& call, http::Response& response) {
  if (call.request.waited) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"The file is still being built; ask again in a few seconds.",
                  "文件尚在生成，请稍后再试。"}};
  }
  response.wait = limits::kWaitMax;
  return {};
}

}  // namespace

Result<void> answer_export(const Call& call, http::Response& response) {
  const auto name = ExportName::parse(call.path.decoded[0]);
  if (!name) return name.error();
  const std::optional<Date> day = call.fields.parsed("on", Date::parse);
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  const auto found = call.environment.exports.find(*name, day.value_or(call.today));
  if (!found) return found.error();
  if (!*found) return wait(call, response);

  const ExportFile& file = **found;
  const ExportForm& form = file.form(call.request.field("Accept-Encoding"));
  response.content_type = media_type(name->format);
  response.set("Chayan-Size", std::to_string(file.seq));
  response.set("Content-Disposition", "attachment; filename=" + download_name(*name, file));
  response.set("Vary", "Accept-Encoding");
  response.set("ETag", form.etag);
  if (const auto modified = last_modified(call, file, !day)) {
    response.set("Last-Modified", http_date(*modified));
  }
  if (client_has_it(call.request, response, form.etag)) {
    response.status = 304;
    response.content_type = {};
    return {};
  }
  if (form.coding != http::Coding::identity) {
    response.set("Content-Encoding", http::name(form.coding));
  }
  response.source_bytes = form.bytes.size();
  response.source =
      std::make_unique<http::SharedSource>(std::shared_ptr<const std::string>(*found, &form.bytes));
  return {};
}

}  // namespace chayan::api
