#include "http/multipart.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace chayan::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kType = "multipart/form-data; boundary=xyz";

std::string part(const std::string& name, const std::string& content) {
  return "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content +
         "\r\n";
}

Pairs parse(std::string_view body, std::string_view type = kType) {
  const auto parts = parse_multipart(type, body);
  if (!parts) {
    EXPECT_EQ(parts.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(parts.error().field, "body");
    return {{"(refused)", ""}};
  }
  Pairs pairs;
  for (const FormPart& one : *parts) pairs.emplace_back(one.name, one.content);
  return pairs;
}

const Pairs kRefused = {{"(refused)", ""}};

TEST(Multipart, AFormAsBrowsersSendIt) {
  EXPECT_EQ(
      parse("--xyz\r\nContent-Disposition: form-data; name=\"credential\"\r\n\r\nsecret\r\n"
            "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"名单; a.csv\"\r\n"
            "Content-Type: text/csv\r\n\r\na,b\r\n--xy\r\n\r\n\r\n--xyz--\r\n"),
      (Pairs{{"credential", "secret"}, {"file", "a,b\r\n--xy\r\n\r\n"}}));
}

TEST(Multipart, ContentIsAnyBytes) {
  const std::string bytes("\0\xFF\r\n-\r--xyz\n--xyz\r\r", 19);
  EXPECT_EQ(parse(part("file", bytes) + "--xyz--"), (Pairs{{"file", bytes}}));
  EXPECT_EQ(parse(part("file", "") + "--xyz--"), (Pairs{{"file", ""}}));
}

TEST(Multipart, WhatTheFramingAllows) {
  EXPECT_EQ(parse("preamble\r\n" + part("a", "1") + "--xyz--\r\nepilogue"), (Pairs{{"a", "1"}}));
  EXPECT_EQ(parse("--xyz  \r\ncontent-type: a\r\nCONTENT-DISPOSITION:form-data ; NAME=a\r\n\r\n1"
                  "\r\n--xyz--"),
            (Pairs{{"a", "1"}}));
  EXPECT_EQ(parse("--xyz--"), Pairs{});
  EXPECT_EQ(
      parse(
          "--a b\r\nContent-Disposition: form-data; x=\"\\\"\"; name=\"a\\\"\"\r\n\r\n1\r\n--a b--",
          "Multipart/Form-Data;charset=utf-8; boundary=\"a b\""),
      (Pairs{{"a\"", "1"}}));
}

TEST(Multipart, BrokenOrCutIsRefused) {
  const std::string good = part("a", "1") + part("b", "22") + "--xyz--";
  ASSERT_EQ(parse(good).size(), 2U);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(parse(good.substr(0, size)), kRefused) << size;
  }
  for (const std::string& bad :
       {part("a", "1") + part("a", "2") + "--xyz--", part("", "1") + "--xyz--",
        part("\xFF", "1") + "--xyz--", std::string("--xyz\r\n\r\n1\r\n--xyz--"),
        std::string("--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--"),
        std::string("--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xyz--"),
        std::string("--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--xyz--"),
        std::string("--xyz\r\nno colon\r\n\r\n1\r\n--xyz--"),
        std::string("--xyzz\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xyz--"),
        "--xyz\r\nX: " + std::string(limits::kFormPartHeadBytesMax, 'x') + "\r\n" +
            part("a", "1").substr(7) + "--xyz--"}) {
    EXPECT_EQ(parse(bad), kRefused) << bad.substr(0, 80);
  }
  std::string many;
  for (std::size_t i = 0; i < limits::kFormPartsMax; ++i) many += part(std::to_string(i), "");
  EXPECT_EQ(parse(many + "--xyz--").size(), limits::kFormPartsMax);
  EXPECT_EQ(parse(many + part("one more", "") + "--xyz--"), kRefused);
}

TEST(Multipart, ATypeWithoutABoundaryIsRefused) {
  const std::string body = part("a", "1") + "--xyz--";
  for (const std::string& type :
       {std::string(), std::string("multipart/form-data"),
        std::string("multipart/mixed; boundary=xyz"), std::string("multipart/form-data; boundary="),
        std::string("multipart/form-data; boundary=\"xyz"),
        std::string("multipart/form-data; boundary=\"xyz \""),
        std::string("multipart/form-data boundary=xyz"),
        std::string("multipart/form-data; boundary=x\"yz"),
        "multipart/form-data; boundary=" + std::string(71, 'x')}) {
    EXPECT_EQ(parse(body, type), kRefused) << type;
  }
}

}  // namespace
}  // namespace chayan::http
