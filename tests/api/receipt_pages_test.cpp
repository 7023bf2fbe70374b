// The receipt that a page of a match lets the asker take along, and the page that verifies one.
#include <rocksdb/db.h>

#include <filesystem>

#include "api/qr_code.h"
#include "base/bytes.h"
#include "base/json_reader.h"
#include "crypto/digest.h"
#include "http/query.h"
#include "log/anchor.h"
#include "receipt/check.h"
#include "tests/api/page_checks.h"
#include "tests/support/match_page.h"

namespace chayan::api::testing {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";

std::string field(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + http::percent_encode(value);
}

class ReceiptPages : public ::testing::Test {
 protected:
  Answer verify(std::string_view number, std::string_view name, const Headers& headers = {}) {
    return registry_.post("/verify",
                          field("certificate_number", number) + "&" + field("holder_name", name),
                          kForm, headers);
  }
  // The text that the page of a match holds for its receipt.
  static std::string text_in(const Answer& page) {
    for (const std::string& value : attributes(page.body, "value")) {
      if (value.starts_with("{")) return value;
    }
    ADD_FAILURE() << "no receipt in " << page.body;
    return {};
  }
  Answer save(const std::string& text) {
    return registry_.post("/verify/receipt", field("receipt", text), kForm);
  }
  Answer check(const std::string& text, const std::string& more = {}) {
    return registry_.post("/data/receipts/check", field("receipt", text) + more, kForm);
  }
  static std::string digest(std::string_view text) { return to_hex(view(crypto::sha256(text))); }

  Registry registry_;
};

TEST_F(ReceiptPages, AMatchHoldsTheFileWhoseDigestItPrints) {
  ASSERT_TRUE(registry_.store->publish());
  const Answer page = verify(kNumber, kName);
  expect_page(page, 200);
  const std::string text = text_in(page);
  EXPECT_EQ(text, registry_
                      .post("/v1/verifications", R"({"certificate_number":")" +
                                                     std::string(kNumber) + R"(","holder_name":")" +
                                                     std::string(kName) + R"(","receipt":true})")
                      .body);
  EXPECT_TRUE(has(page, "<code>" + digest(text) + "</code>"));

  const Answer file = save(text);
  EXPECT_EQ(file.status, 200) << file.body;
  EXPECT_EQ(file.body, text);
  EXPECT_EQ(file.content_type, "application/json");
  EXPECT_EQ(file.header("Content-Disposition"),
            "attachment; filename=chayan-receipt-" + digest(text).substr(0, 8) + ".json");
  EXPECT_EQ(file.header("Cache-Control"), "no-store");
  EXPECT_EQ(file.header("X-Content-Type-Options"), "nosniff");
  const auto proven = receipt::check(file.body, registry_.store->log_key());
  ASSERT_TRUE(proven) << proven.error().message.en;
  EXPECT_EQ(proven->certificate.secrets.number, kNumber);
}

TEST_F(ReceiptPages, TheQrCodeHoldsTheDigestAndNothingPersonal) {
  ASSERT_TRUE(registry_.store->publish());
  const Answer page = verify(kNumber, kName);
  const std::string address =
      "https://verify.example.cn/data/receipts#sha256=" + digest(text_in(page));
  EXPECT_TRUE(has(page, draw_qr(address).value().path));
  registry_.public_url.clear();
  const Answer without = verify(kNumber, kName, {{"Host", "evil.example"}});
  EXPECT_FALSE(has(without, "class=\"qr\""));
  EXPECT_FALSE(has(without, "evil.example"));
  EXPECT_TRUE(has(without, digest(text_in(without))));
}

TEST_F(ReceiptPages, OutsideTheReceiptAMatchSaysNoNumberAndNoName) {
  ASSERT_TRUE(registry_.store->publish());
  const Answer page = verify(kNumber, kName);
  const std::string rest = test::without_receipt(page.body);
  EXPECT_LT(rest.size(), page.body.size());
  EXPECT_EQ(rest.find(kNumber), std::string::npos);
  EXPECT_EQ(rest.find(kName), std::string::npos);
  EXPECT_NE(rest.find("测***丙"), std::string::npos);
}

// Somebody else moved the anchor, so nothing more is signed.
TEST_F(ReceiptPages, WithoutACheckpointThereIsNoneYetAndThePageSaysSo) {
  ASSERT_TRUE(registry_.store->publish());
  const std::filesystem::path rows = registry_.store->db().GetName();
  const std::string path = rows.parent_path().string() + ".keys/anchor";
  auto anchor = log::read_anchor(path).value().value();
  anchor.size += 5;
  ASSERT_TRUE(log::write_anchor(path, anchor));
  JsonParser parser;
  auto line = parser
                  .parse_object(R"({"kind":"certificate.revoked","certificate_number":")" +
                                std::string(kNumber) + R"(","on":"2026-11-24","reason":"示例"})")
                  .value();
  registry_.record({read_change(line).value()});
  const Answer page = verify(kNumber, kName);
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "证书已被撤销"));
  EXPECT_TRUE(has(page, "还没有进入已签署的检查点"));
  EXPECT_FALSE(has(page, "action=\"/verify/receipt\""));
}

// U+202E in a reason: a page shows no such character, and the receipt needs it.
TEST_F(ReceiptPages, AReceiptIsWholeWhateverAPageLeavesOut) {
  JsonParser parser;
  auto line = parser
                  .parse_object(R"({"kind":"certificate.revoked","certificate_number":")" +
                                std::string(kNumber) +
                                "\",\"on\":\"2026-11-24\",\"reason\":\"示\u202E例\u2066\"}")
                  .value();
  registry_.record({read_change(line).value()});
  ASSERT_TRUE(registry_.store->publish());
  const Answer page = verify(kNumber, kName);
  const std::string text = text_in(page);
  EXPECT_NE(text.find("\\u202e"), std::string::npos);
  EXPECT_NE(text.find("\\u2066"), std::string::npos);
  EXPECT_TRUE(has(page, "<code>" + digest(text) + "</code>"));
  const Answer file = save(text);
  EXPECT_EQ(file.body, text);
  const auto proven = receipt::check(file.body, registry_.store->log_key());
  EXPECT_TRUE(proven) << proven.error().message.en;
}

TEST_F(ReceiptPages, NothingIsSavedThatThisRegistryDidNotSign) {
  ASSERT_TRUE(registry_.store->publish());
  const std::string text = text_in(verify(kNumber, kName));
  std::string forged = text;
  forged.replace(forged.find("\"valid\""), 7, "\"revoked\"");
  for (const std::string& other : {forged, text + "x", std::string("{}"),
                                   std::string("<script>alert(1)</script>"), std::string()}) {
    const Answer answer = save(other);
    expect_page(answer, 400);
    EXPECT_EQ(answer.header("Content-Disposition"), "");
    EXPECT_FALSE(has(answer, "alert(1)"));
  }
}

TEST_F(ReceiptPages, APastedReceiptIsCheckedHere) {
  ASSERT_TRUE(registry_.store->publish());
  const std::string text = text_in(verify(kRevokedNumber, kName));
  const Answer genuine = check(text);
  expect_page(genuine, 200);
  EXPECT_EQ(genuine.header("Cache-Control"), "no-store");
  EXPECT_TRUE(has(genuine, "凭据成立"));
  EXPECT_TRUE(has(genuine, std::string(kRevokedNumber)));
  EXPECT_TRUE(has(genuine, std::string(kName)));
  EXPECT_TRUE(has(genuine, "撤销"));
  EXPECT_TRUE(has(genuine, "<code>" + digest(text) + "</code>"));
  EXPECT_FALSE(has(genuine, "打印件上的摘要 "));

  std::string broken = text;
  for (const std::string_view after : {"{", ",\"status_history\":"}) {
    broken.insert(broken.find(after) + after.size(), "\r\n  ");
  }
  expect_page(check("\r\n" + broken + "\n"), 200);
  EXPECT_TRUE(has(check(" " + text + "\r\n", "&sha256=+" + digest(text)), "是同一份文件"));
  EXPECT_TRUE(has(check(text, "&sha256=" + digest("another")), "这不是打印件所指的文件"));
}

TEST_F(ReceiptPages, WhatIsWrongWithAReceiptStandsBesideIt) {
  ASSERT_TRUE(registry_.store->publish());
  const std::string text = text_in(verify(kNumber, kName));
  std::string forged = text;
  forged.replace(forged.find("测试甲乙丙"), 15, "测试丁戊己");
  for (const std::string& bad : {forged, std::string("{}"), std::string("x"), std::string()}) {
    const Answer answer = check(bad);
    expect_page(answer, 400);
    EXPECT_TRUE(has(answer, "href=\"#receipt\""));
    EXPECT_TRUE(has(answer, "aria-describedby=\"receipt-hint fault\""));
    EXPECT_FALSE(has(answer, "测试丁戊己")) << "nothing of it comes back";
  }
  const Answer digest_wrong = check(text, "&sha256=12");
  expect_page(digest_wrong, 400);
  EXPECT_TRUE(has(digest_wrong, "href=\"#sha256\""));
  expect_page(check(text, "&more=1"), 400);
  EXPECT_EQ(registry_.post("/data/receipts/check", "receipt=%", kForm).status, 400);
}

}  // namespace
}  // namespace chayan::api::testing
