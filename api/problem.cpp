#include "api/problem.h"

#include "base/json_writer.h"

namespace chayan::api {
namespace {

// Storage faults are the operator's business: their message goes to Services::report_fault, and
// the client learns that trying again later is right.
Problem storage_fault() {
  return {503,
          "storage-fault",
          {"The registry cannot be read at the moment", "登记数据暂时无法读取"},
          {"This is not caused by your request; please try again later.",
           "这不是您的请求造成的，请稍后再试。"},
          {}};
}

}  // namespace

Problem problem_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return {400,
              "invalid-argument",
              {"The request has an invalid value", "请求中的内容有误"},
              error.message,
              error.field};
    case ErrorCode::not_found:
      return {404,
              "not-found",
              {"There is no such record", "没有这条记录"},
              error.message,
              error.field};
    case ErrorCode::conflict:
      return {409,
              "conflict",
              {"The request contradicts what is recorded", "请求与已登记的内容冲突"},
              error.message,
              error.field};
    case ErrorCode::calendar_missing:
      return {422,
              "calendar-missing",
              {"The working-day calendar of that year is not loaded", "该年度的工作日历尚未载入"},
              error.message,
              error.field};
    case ErrorCode::too_large:
      // A single value over its bound is a bad value; 413 is for a body as a whole.
      return {error.field.empty() || error.field == "body" ? 413 : 400,
              "too-large",
              {"The request holds more than is taken", "请求内容超过上限"},
              error.message,
              error.field};
    case ErrorCode::out_of_range:
      return {416,
              "out-of-range",
              {"The position is beyond the end", "所求位置超出末尾"},
              error.message,
              error.field};
    case ErrorCode::unavailable:
      return {503,
              "unavailable",
              {"The service cannot do this now", "服务暂时不能处理"},
              error.message,
              error.field};
    case ErrorCode::corrupt:
    case ErrorCode::io:
      break;
  }
  return storage_fault();
}

Problem problem_of(http::Refusal refusal, std::string_view reason) {
  const std::string en(reason);
  switch (refusal) {
    case http::Refusal::bad_head:
      return {400,
              "bad-request",
              {"The request is not well-formed HTTP", "请求不符合 HTTP 规范"},
              {en, "请检查请求行与请求头的格式。"},
              {}};
    case http::Refusal::head_too_large:
      return {431,
              "head-too-large",
              {"The request head is too large", "请求头过大"},
              {en, "请减少请求头的数量或长度，上限见 /v1/limits。"},
              {}};
    case http::Refusal::target_too_long:
      return {414,
              "target-too-long",
              {"The request target is too long", "请求地址过长"},
              {en, "请缩短请求地址，上限见 /v1/limits。"},
              {}};
    case http::Refusal::body_too_large:
      return {413,
              "body-too-large",
              {"What was sent is too long", "提交的内容过长"},
              {en, "请缩短请求正文，上限见 /v1/limits。"},
              {}};
    case http::Refusal::length_required:
      return {411,
              "length-required",
              {"Content-Length is missing", "缺少 Content-Length"},
              {en, "请在请求头中注明 Content-Length。"},
              {}};
    case http::Refusal::transfer_encoding:
      return {501,
              "transfer-encoding",
              {"Transfer-Encoding is not supported", "不支持 Transfer-Encoding"},
              {en, "请改用 Content-Length 发送请求正文。"},
              {}};
    case http::Refusal::version:
      return {505,
              "http-version",
              {"This HTTP version is not supported", "不支持该 HTTP 版本"},
              {en, "请使用 HTTP/1.1。"},
              {}};
    case http::Refusal::request_timeout:
      return {408,
              "request-timeout",
              {"The request took too long to arrive", "请求传输超时"},
              {en, "请检查网络后重试。"},
              {}};
    case http::Refusal::expectation:
      return {417,
              "expectation",
              {"This expectation cannot be met", "无法满足 Expect 的要求"},
              {en, "请去掉 Expect，或只使用 100-continue。"},
              {}};
    case http::Refusal::overloaded:
      break;
  }
  return {503, "overloaded", {"The service is busy", "服务繁忙"}, {en, "请稍后再试。"}, {}};
}

Problem no_such_path() {
  return {404,
          "no-such-path",
          {"There is nothing at this address", "该地址没有内容"},
          {"Check the path; /openapi.json lists every address of this service.",
           "请检查地址；/openapi.json 列出了本服务的全部地址。"},
          {}};
}

Problem method_not_allowed() {
  return {
      405,
      "method-not-allowed",
      {"This address does not take this method", "该地址不接受这种请求方法"},
      {"Use one of the methods that the Allow field names.", "请使用响应头 Allow 中列出的方法。"},
      {}};
}

Problem unsupported_media_type(std::string_view wanted) {
  const std::string type(wanted);
  return {415,
          "unsupported-media-type",
          {"The body has the wrong media type", "请求正文的类型不对"},
          {"Send the body as " + type + " and say so in Content-Type.",
           "请以 " + type + " 发送正文，并在 Content-Type 中注明。"},
          {}};
}

Problem body_too_large(std::size_t bytes_max) {
  const std::size_t kib = bytes_max / 1024;
  const bool is_list = kib >= 1024;  // nothing else takes so much
  const std::string max =
      is_list ? std::to_string(kib / 1024) + " MiB" : std::to_string(kib) + " KiB";
  const std::string en = "This address takes up to " + max + ", and nothing was done. ";
  const std::string zh = "此处最多接受 " + max + "，未作任何处理。";
  const Message advice =
      is_list
          ? Message{"Send it in parts; of a workbook remove pictures and sheets that are not needed.",
                    "请分成几份提交；工作簿请去掉图片和不需要的工作表。"}
          : Message{"Shorten it.", "请缩短后重新提交。"};
  return {413,
          "body-too-large",
          {"What was sent is too long", "提交的内容过长"},
          {en + advice.en, zh + advice.zh},
          {}};
}

Problem no_partner() {
  return {
      403,
      "no-partner",
      {"This certificate is of no partner", "该证书不属于任何合作方"},
      {"The certificate was never registered here, or its partner was revoked; ask the registry.",
       "该证书未在此登记，或其合作方已被撤销，请联系登记方。"},
      {}};
}

Problem foreign_form() {
  return {403,
          "foreign-form",
          {"This form was sent from another site", "该表单来自其他网站"},
          {"Nothing was done. Open this site itself, and send it from there.",
           "未作任何处理。请直接打开本网站，在本网站的页面上提交。"},
          {}};
}

Problem too_many_requests() {
  return {429,
          "too-many-requests",
          {"Too many requests", "查询过于频繁"},
          {"Wait for the seconds that Retry-After says, then ask again.",
           "请按 Retry-After 所示的秒数稍候，再重新查询。"},
          {}};
}

Problem no_credential(bool mistyped) {
  Problem problem{
      401,
      "no-credential",
      {"A credential is needed", "需要凭证"},
      {"Send a credential that counts here and now as Authorization: Bearer; the "
       "registry gives them to employers.",
       "请在 Authorization: Bearer 中附上当前有效、可在此处使用的凭证；凭证由登记方发给用人单位。"},
      {}};
  if (mistyped) {
    problem.detail = {
        "The credential is mistyped or cut short: its check characters do not fit. "
        "Copy it again, from chayan_ to its end.",
        "凭证有误或不完整（校验字符不符），请从 chayan_ 起完整复制。"};
  }
  return problem;
}

Problem quota_spent() {
  return {429,
          "quota-spent",
          {"The day's quota does not suffice", "当日额度不足"},
          {"Nothing of this batch was answered. RateLimit says how many rows are left today; ask "
           "for fewer, or again after the seconds that Retry-After says.",
           "本批未作任何查验。今日剩余行数见响应头 RateLimit，请减少行数，或在 Retry-After "
           "所示的秒数之后重试。"},
          {}};
}

Problem unsupported_content_coding() {
  return {415,
          "unsupported-content-coding",
          {"The body is compressed", "请求正文经过压缩"},
          {"Send the body as it is, without Content-Encoding.",
           "请直接发送正文，不要使用 Content-Encoding。"},
          {}};
}

void set_problem_headers(const Problem& problem, Language language, http::Response& response) {
  response.status = problem.status;
  response.set("Cache-Control", "no-store");
  response.set("Content-Language", tag(language));
  response.set("Vary", "Accept-Language");
  response.set("X-Content-Type-Options", "nosniff");
  if (problem.status == 503) response.set("Retry-After", "1");
}

void write_problem(const Problem& problem, Language language, http::Response& response) {
  response.clear();
  set_problem_headers(problem, language, response);
  response.content_type = "application/problem+json";
  JsonWriter json(response.body);
  json.begin_object()
      .key("type")
      .string("urn:chayan:problem:" + std::string(problem.kind))
      .member("title", in(language, problem.title))
      .member("detail", in(language, problem.detail))
      .optional_member("field", problem.field);
  json.end_object();
}

}  // namespace chayan::api
