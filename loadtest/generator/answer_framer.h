// Where one answer ends and the next begins, from as little of its bytes as that needs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chayan::loadtest {

enum class Protocol { http, redis };

class AnswerFramer {
 public:
  enum class State { more, whole, malformed };

  explicit AnswerFramer(Protocol protocol) : protocol_(protocol) {}

  // `bytes` begins with the answer; where it was `more`, the next call brings the same bytes and
  // what came behind them. After `whole` the getters tell of the answer, until reset().
  State look(std::string_view bytes);
  void reset();

  std::size_t size() const { return size_; }  // of the whole answer
  // HTTP's; of Redis 200 for a value, 404 for none, 500 for an error.
  int status() const { return status_; }
  bool closes() const { return closes_; }  // the server ends the connection behind it
  // The body, put together where it came in chunks.
  std::string body(std::string_view bytes) const;

 private:
  State look_at_head(std::string_view bytes);
  State look_at_redis(std::string_view bytes);
  State walk_chunks(std::string_view bytes);

  Protocol protocol_;
  bool head_is_read_ = false;
  bool is_chunked_ = false;
  bool closes_ = false;
  int status_ = 0;
  std::size_t body_at_ = 0;
  std::size_t body_bytes_ = 0;
  std::size_t next_chunk_ = 0;  // where its length stands
  std::size_t size_ = 0;
};

}  // namespace chayan::loadtest
