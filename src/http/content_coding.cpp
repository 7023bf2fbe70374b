#include "http/content_coding.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

namespace chayan::http {
namespace {

// Answers are made while the client waits: the levels at which a core still gives about 100 MB/s.
constexpr int kGzipLevel = 4;
constexpr int kZstdLevel = 3;

// ---- Accept-Encoding

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes what stands before the first `separator` off the front of `text`.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && kOthers.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty();
}

bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ), in thousandths.
std::optional<int> parse_qvalue(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  int place = 100;
  for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += (c - '0') * place;
    place /= 10;
  }
  if (thousandths > 1000) return std::nullopt;
  return thousandths;
}

// "q=0.5" with the semicolon gone.
std::optional<int> parse_weight(std::string_view parameter) {
  parameter = trimmed(parameter);
  if (parameter.size() < 2 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') {
    return std::nullopt;
  }
  return parse_qvalue(parameter.substr(2));
}

// Weights in thousandths of what the field names.
struct Accepted {
  std::optional<int> identity, gzip, zstd, any;
};

std::optional<Accepted> parse_accept_encoding(std::string_view field) {
  Accepted accepted;
  while (!field.empty()) {
    std::string_view element = trimmed(take_until(field, ','));
    if (element.empty()) continue;  // RFC 9110 section 5.6.1.2: empty elements are to be ignored
    const bool weighted = element.find(';') != std::string_view::npos;
    const std::string_view coding = trimmed(take_until(element, ';'));
    const std::optional<int> weight = weighted ? parse_weight(element) : 1000;
    if (!weight || !is_token(coding)) return std::nullopt;
    if (equals_lower(coding, "gzip") || equals_lower(coding, "x-gzip")) accepted.gzip = weight;
    if (equals_lower(coding, "zstd")) accepted.zstd = weight;
    if (equals_lower(coding, "identity")) accepted.identity = weight;
    if (coding == "*") accepted.any = weight;
  }
  return accepted;
}

// ---- Coding

class Deflater {
 public:
  Deflater() {
    constexpr int kGzipWrapper = 15 + 16;  // the largest window, in a gzip frame
    if (deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, kGzipWrapper, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // Bytes written to `out`; nullopt where they do not fit.
  std::optional<std::size_t> run(std::string_view body, std::string& out) {
    if (deflateReset(&stream_) != Z_OK) return std::nullopt;
    // zlib's interface is older than const; it does not write there.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return std::nullopt;
    return out.size() - stream_.avail_out;
  }

 private:
  z_stream stream_{};
};

std::optional<std::size_t> run_gzip(std::string_view body, std::string& out) {
  if (body.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
  thread_local Deflater deflater;
  return deflater.run(body, out);
}

struct FreeZstd {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

std::optional<std::size_t> run_zstd(std::string_view body, std::string& out) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeZstd> context(ZSTD_createCCtx());
  if (!context) return std::nullopt;
  const std::size_t size = ZSTD_compressCCtx(context.get(), out.data(), out.size(), body.data(),
                                             body.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) return std::nullopt;
  return size;
}

}  // namespace

std::string_view name(Coding coding) {
  switch (coding) {
    case Coding::gzip:
      return "gzip";
    case Coding::zstd:
      return "zstd";
    case Coding::identity:
      break;
  }
  return "identity";
}

Coding choose_coding(std::string_view accept_encoding) {
  const std::optional<Accepted> accepted = parse_accept_encoding(accept_encoding);
  if (!accepted) return Coding::identity;
  const int any = accepted->any.value_or(0);
  const int zstd = accepted->zstd.value_or(any);
  const int gzip = accepted->gzip.value_or(any);
  // Unnamed, identity is what is left when nothing else is acceptable.
  const int identity = accepted->identity.value_or(0);
  if (zstd > 0 && zstd >= gzip && zstd >= identity) return Coding::zstd;
  if (gzip > 0 && gzip >= identity) return Coding::gzip;
  return Coding::identity;
}

std::optional<std::string> encode(Coding coding, std::string_view body) {
  if (coding == Coding::identity || body.empty()) return std::nullopt;
  // One byte less than the body: a result that is not smaller does not fit.
  std::string out(body.size() - 1, '\0');
  const auto size = coding == Coding::gzip ? run_gzip(body, out) : run_zstd(body, out);
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

}  // namespace chayan::http
