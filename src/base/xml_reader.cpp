#include "base/xml_reader.h"

#include <expat.h>

#include <cstddef>

#include "base/limits.h"

namespace chayan {
namespace {

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

}  // namespace

std::optional<std::string_view> XmlAttributes::find(std::string_view name) const {
  for (const char* const* pair = pairs_; *pair != nullptr; pair += 2) {
    if (without_prefix(pair[0]) == name) return pair[1];
  }
  return std::nullopt;
}

class XmlReader::Impl {
 public:
  explicit Impl(XmlVisitor& visitor) : visitor_(visitor), parser_(XML_ParserCreate(nullptr)) {
    if (!parser_) return;
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetDefaultHandler(parser_.get(), on_other);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  bool parse(std::string_view piece, bool is_last) {
    if (!parser_ || failed_) return false;
    silent_bytes_ += piece.size();
    const auto size = static_cast<int>(piece.size());
    const bool parsed = XML_Parse(parser_.get(), piece.data(), size, is_last) == XML_STATUS_OK;
    failed_ = failed_ || !parsed || silent_bytes_ > limits::kXmlTokenBytesMax;
    return !failed_;
  }

 private:
  static Impl& of(void* self) { return *static_cast<Impl*>(self); }

  static void on_begin(void* self, const char* name, const char** attributes) {
    Impl& reader = of(self);
    reader.silent_bytes_ = 0;
    if (++reader.depth_ > limits::kXmlDepthMax) return reader.stop();
    reader.visitor_.begin(without_prefix(name), XmlAttributes(attributes));
  }
  static void on_end(void* self, const char* name) {
    Impl& reader = of(self);
    reader.silent_bytes_ = 0;
    --reader.depth_;
    reader.visitor_.end(without_prefix(name));
  }
  static void on_text(void* self, const char* bytes, int size) {
    of(self).silent_bytes_ = 0;
    of(self).visitor_.text({bytes, static_cast<std::size_t>(size)});
  }
  static void on_other(void* self, const char*, int) { of(self).silent_bytes_ = 0; }
  static void on_doctype(void* self, const char*, const char*, const char*, int) {
    of(self).stop();
  }

  void stop() {
    failed_ = true;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  XmlVisitor& visitor_;
  const std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
  std::size_t depth_ = 0;
  std::size_t silent_bytes_ = 0;  // given since the last event: of a token that has no end yet
  bool failed_ = false;
};

XmlReader::XmlReader(XmlVisitor& visitor) : impl_(std::make_unique<Impl>(visitor)) {}
XmlReader::~XmlReader() = default;

bool XmlReader::piece(std::string_view piece) {
  return impl_->parse(piece, false);
}
bool XmlReader::finish() {
  return impl_->parse({}, true);
}

}  // namespace chayan
