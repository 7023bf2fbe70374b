// Answers that are ready: of routes whose answer depends on the request line, the language, the hour
// and the rows alone (Route::prepared). Many ask the same: who may assess care workers at level 3?
//
// An answer is exactly as fresh as the log: it is handed out only while the database's sequence
// number is the one that it was made at. The hour is part of it because it says the day and when a
// cursor ends (cursor.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/language.h"
#include "http/content_coding.h"
#include "http/message.h"

namespace chayan::api {

struct AnswerKey {
  std::string_view target;
  Language language = Language::zh;
  http::Coding coding = http::Coding::identity;  // as the client wishes it
  std::int64_t hour = 0;                         // since 1970, UTC
  std::uint64_t sequence = 0;                    // of the database, see index::Store::sequence
};

// Any thread: each has its own answers, limits::kPreparedAnswersMax of them. What it keeps is gone
// with the thread or soon after this object.
class PreparedAnswers {
 public:
  PreparedAnswers();
  ~PreparedAnswers() = default;
  PreparedAnswers(const PreparedAnswers&) = delete;
  PreparedAnswers& operator=(const PreparedAnswers&) = delete;

  // Makes `response` the one that was kept; false: none was, and it is as before.
  bool find(const AnswerKey& key, http::Response& response) const;
  // Keeps a complete answer of status 200, made of a body that is not too long
  // (limits::kPreparedAnswerBytesMax); others are left.
  void keep(const AnswerKey& key, const http::Response& response) const;

 private:
  const std::uint64_t id_;
};

}  // namespace chayan::api
