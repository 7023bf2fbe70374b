#include "api/show_catalog_item.h"

#include "api/json_forms.h"

namespace chayan::api {

Result<ShowCatalogItem::Input> ShowCatalogItem::parse(const Call& call, const index::Reader&) {
  const auto& path = call.path.decoded;
  const auto id = CatalogItemId::parse(path[0] + "/" + path[1] + "/" + path[2], "item");
  if (!id) return id.error();
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return Input{*id, call.today};
}

Result<ShowCatalogItem::Output> ShowCatalogItem::handle(const index::Reader& reader,
                                                        const Input& input) {
  auto versions = reader.catalog_versions(input.id);
  if (!versions) return versions.error();
  if (versions->empty()) {
    return Error{ErrorCode::not_found,
                 "item",
                 {"No catalog has this item; /v1/catalog lists the items in force.",
                  "目录中没有该项，/v1/catalog 列出了现行各项。"}};
  }
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(*versions), head->size};
}

void ShowCatalogItem::write(JsonWriter& json, const Call&, const Input& input,
                            const Output& output) {
  const CatalogItem* current = version_in_force(output.versions, input.today);
  json.begin_object().member("item", input.id.text()).key("versions").begin_array();
  for (const CatalogItem& version : output.versions) {
    // A version that another has followed is in force no longer, whatever its own dates say.
    write_catalog_item(json, version, &version == current);
  }
  json.end_array()
      .member("on", input.today.text())
      .member("seq", static_cast<std::int64_t>(output.seq))
      .end_object();
}

}  // namespace chayan::api
