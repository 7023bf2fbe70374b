// XML from outside, event by event, by expat.
//
// Within bounds of base/limits.h: a document type declaration is refused, so there are no entities
// but XML's own five; so is nesting beyond kXmlDepthMax, and one tag or comment that is longer than
// kXmlTokenBytesMax, which expat before 2.6 reads in quadratic time.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace chayan {

// Views into the parser, good for one call.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  // By its name without a prefix.
  std::optional<std::string_view> find(std::string_view name) const;

 private:
  const char* const* pairs_;
};

// Names come without their prefixes.
class XmlVisitor {
 public:
  virtual ~XmlVisitor() = default;
  virtual void begin(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void text(std::string_view piece) = 0;  // UTF-8; one text may come in several
  virtual void end(std::string_view name) = 0;
};

// Not thread-safe.
class XmlReader {
 public:
  explicit XmlReader(XmlVisitor& visitor);  // must outlive the reader
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  // False: the document is malformed or beyond a bound, and nothing more is read of it.
  bool piece(std::string_view piece);
  bool finish();  // after the last piece: the document is whole

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chayan
