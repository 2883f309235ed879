#include "cli/monitor/dashboard_page.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "amend/error.hpp"
#include "amend/report/page.hpp"
#include "cli/monitor/dashboard_script.hpp"

namespace amend::cli {
namespace {

// The line on top replaces the page's own text about its age.
constexpr std::string_view style_of_top = R"css(
#standing { position: sticky; top: 0; z-index: 2; max-width: none; margin: 0; padding: .35rem 1rem; font-size: .9rem;
  font-weight: 600; color: #fff; background: #00543c; }
#standing[data-standing=lost] { background: #8f2d00; }
#standing[data-standing=ended] { background: #24466b; }
main .standing[data-standing=running] { display: none; }
)css";

std::string event(std::string_view name, const PageContent& content) {
  const boost::json::object data{{"said", printable(content.said, 4 * content.said.size() + 4)},
                                 {"main", content.main}};
  return fmt::format("event: {}\ndata: {}\n\n", name, boost::json::serialize(data));
}

}  // namespace

std::string dashboard_page(const PageContent& content, std::string_view nonce) {
  const std::string said = report::escaped(content.said);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n"
      "<style>{}{}</style>\n</head>\n<body>\n<p id=\"standing\" data-standing=\"running\">{}</p>\n<main>{}</main>\n"
      "<noscript><p>This page needs JavaScript to update itself. Reload it to see new values.</p></noscript>\n"
      "<script nonce=\"{}\">{}</script>\n</body>\n</html>\n",
      said, report::style_sheet(), style_of_top, said, content.main, nonce, dashboard_script);
}

std::string dashboard_policy(std::string_view nonce) {
  return fmt::format(
      "default-src 'none'; script-src 'nonce-{}'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      nonce);
}

std::string update_event(const PageContent& content) { return event("update", content); }

std::string ended_event(const PageContent& content) { return event("ended", content); }

}  // namespace amend::cli
