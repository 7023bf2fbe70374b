#include "api/page.h"

#include <algorithm>
#include <string>
#include <utility>

#include "api/environment.h"
#include "api/page_words.h"
#include "api/representation.h"
#include "base/embedded.h"
#include "base/text.h"

namespace chayan::api {
namespace {

namespace mustache = kainjow::mustache;

// The halves of "中文|English" before anything is filled in; the second is empty where there is but
// one.
std::pair<std::string, std::string> halves(const std::string& text) {
  const std::size_t bar = text.find('|');
  if (bar == std::string::npos) return {text, {}};
  return {text.substr(0, bar), text.substr(bar + 1)};
}

PageData both_languages(Language first) {
  return PageData(
      mustache::lambda2([first](const std::string& text, const mustache::renderer& render) {
        const auto [zh, en] = halves(text);
        if (en.empty()) return render(zh);
        const bool is_zh = first == Language::zh;
        std::string out = render(is_zh ? zh : en);
        out += is_zh ? " <span class=\"alt\" lang=\"en\">" : " <span class=\"alt\" lang=\"zh-CN\">";
        out += render(is_zh ? en : zh);
        return out += "</span>";
      }));
}

PageData one_language(Language language) {
  return PageData(
      mustache::lambda2([language](const std::string& text, const mustache::renderer& render) {
        const auto [zh, en] = halves(text);
        return render(language == Language::zh || en.empty() ? zh : en);
      }));
}

PageData frame_in(Language language, const Assets& assets) {
  PageData frame;
  frame.set("lang", std::string(tag(language)));
  frame.set("t", both_languages(language));
  frame.set("only", one_language(language));
  PageData names;
  for (const Asset& asset : assets.all()) names.set(std::string(asset.stem), asset.file);
  frame.set("asset", names);
  for (const EmbeddedFile& file : web_files()) {
    if (!file.name.ends_with(".html") && !file.name.ends_with(".svg")) continue;
    // With its ending: a name with a dot is no variable, so no {{#section}} takes it for one.
    frame.set(
        std::string(file.name),
        PageData(mustache::partial([content = file.content] { return std::string(content); })));
  }
  return frame;
}

// What somebody wrote, as HTML: no markup of its own, and nothing that changes how the words of the
// page around it read.
std::string escaped(const std::string& text) {
  if (text.find('\xE2') == std::string::npos) return mustache::html_escape(text);
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t turning = turning_bytes(text, at);
    if (turning == 0) kept += text[at];
    at += turning == 0 ? 1 : turning;
  }
  return mustache::html_escape(kept);
}

// A person sees no header field and makes no request by hand; what a problem advises there is for
// programs.
Problem for_people(Problem problem) {
  if (problem.kind == no_such_path().kind) {
    problem.detail = {"Check the address, or begin anew below.", "请检查网址，或从下面重新开始。"};
  } else if (problem.kind == method_not_allowed().kind) {
    problem.title = {"This page cannot be opened by itself", "本页不能单独打开"};
    problem.detail = {"It answers a form: go back to the form, and send it again.",
                      "这是提交表单后的结果；请回到表单，重新提交。"};
  } else if (problem.kind == unsupported_media_type({}).kind) {
    problem.title = {"This is no form of this site", "提交的内容不是本站的表单"};
    problem.detail = {"Nothing was done. Fill in the form on this site, and send it from there.",
                      "未作任何处理。请在本站的页面上填写并提交。"};
  }
  return problem;
}

void set_problem_fields(const Problem& problem, Language language, http::Response& response) {
  set_problem_headers(problem, language, response);
  set_page_headers(response);
  response.content_type = "text/html; charset=utf-8";
}

}  // namespace

PageFrame::PageFrame(const Assets& assets)
    : zh_(frame_in(Language::zh, assets)), en_(frame_in(Language::en, assets)) {}

PageData page_data(Section section, const Message& title) {
  PageData data;
  set_message(data, "title", title);
  data.set("at_find", section == Section::find);
  data.set("at_check", section == Section::check);
  data.set("at_data", section == Section::data);
  return data;
}

void set_message(PageData& data, const std::string& name, const Message& message) {
  data.set(name, message.zh.empty() ? message.en : message.zh);
  data.set(name + "_en", message.en);
}

void set_optional(PageData& data, const std::string& name, std::string_view text) {
  data.set(name, std::string(text));
  data.set("has_" + name, !text.empty());
}

void render_page(const Call& call, std::string_view file, const PageData& data,
                 http::Response& response) {
  response.body = rendered_page(call.environment, call.language, file, data);
}

std::string rendered_page(const Environment& environment, Language language, std::string_view file,
                          const PageData& data) {
  mustache::mustache page{std::string(web_file(file))};
  page.set_custom_escape(escaped);
  mustache::context<std::string> context(&environment.pages.in(language));
  context.push(&data);
  return page.render(context);
}

void write_problem_page(const Environment& environment, const Problem& told, Language language,
                        http::Response& response) {
  const Problem problem = for_people(told);
  response.clear();
  set_problem_fields(problem, language, response);
  PageData data = page_data(Section::none, problem.title);
  set_message(data, "detail", problem.detail);
  response.body = rendered_page(environment, language, "problem.html", data);
}

void set_form_problem(const Call& call, const Error& error,
                      std::span<const std::string_view> controls, PageData& data,
                      http::Response& response) {
  const Problem problem = problem_of(error);
  set_problem_fields(problem, call.language, response);
  PageData shown;
  set_message(shown, "detail", problem.detail);
  const bool has_control =
      std::find(controls.begin(), controls.end(), problem.field) != controls.end();
  set_optional(shown, "field", has_control ? problem.field : std::string_view());
  data.set("error", shown);
  data.set("error_in_" + problem.field, true);
}

Result<void> answer_home_page(const Call& call, http::Response& response) {
  PageData data = page_data(Section::none, {"Is this certificate genuine, and who may assess?",
                                            "职业技能证书与评价机构查验"});
  const index::Reader reader = reader_of(call);
  auto items = certificate_options(reader, call.today, call.language, {});
  if (!items) return items.error();
  data.set("certificate_lists", *items);
  render_page(call, "home.html", data, response);
  return {};
}

Result<void> answer_design_page(const Call& call, http::Response& response) {
  render_page(call, "design.html",
              page_data(Section::none, {"Components of these pages", "页面组件"}), response);
  return {};
}

}  // namespace chayan::api
