#include "api/page.h"

#include "api/assets.h"
#include "api/environment.h"
#include "api/representation.h"
#include "domain/skill_level.h"

namespace chayan::api {
namespace {

namespace mustache = kainjow::mustache;

PageData partial(std::string_view file) {
  return PageData(mustache::partial([file] { return std::string(web_file(file)); }));
}

}  // namespace

void render_page(const Environment& environment, std::string_view file, PageData data,
                 std::string& out) {
  data.set("style", environment.style_file);
  data.set("script", environment.script_file);
  data.set("head", partial("head.html"));
  data.set("foot", partial("foot.html"));
  data.set("search_form", partial("search_form.html"));
  data.set("verification_form", partial("verification_form.html"));
  mustache::mustache page{std::string(web_file(file))};
  out = page.render(data);
}

void write_problem_page(const Environment& environment, const Problem& problem, Language language,
                        http::Response& response) {
  response.clear();
  set_problem_headers(problem, language, response);
  set_page_headers(response);
  response.content_type = "text/html; charset=utf-8";
  PageData data;
  data.set("title", problem.title.zh);
  data.set("title_en", problem.title.en);
  data.set("detail", problem.detail.zh.empty() ? problem.detail.en : problem.detail.zh);
  data.set("detail_en", problem.detail.en);
  render_page(environment, "problem.html", std::move(data), response.body);
}

PageData level_options(std::string_view chosen) {
  PageData options(PageData::type::list);
  for (const SkillLevel level : kSkillLevels) {
    PageData option;
    option.set("value", std::string(code(level)));
    option.set("name", std::string(name_zh(level)));
    option.set("selected", code(level) == chosen);
    options.push_back(option);
  }
  return options;
}

Result<void> answer_home_page(const Call& call, http::Response& response) {
  PageData data;
  data.set("title", "查验");
  data.set("levels", level_options({}));
  render_page(call.environment, "home.html", std::move(data), response.body);
  return {};
}

}  // namespace chayan::api
