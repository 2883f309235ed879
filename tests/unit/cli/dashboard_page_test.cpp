#include "cli/monitor/dashboard_page.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

using namespace amend::cli;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

boost::json::object data_of(const std::string& event) {
  const auto from = event.find("\ndata: ") + 7;
  return boost::json::parse(event.substr(from, event.size() - from - 2)).as_object();
}

}  // namespace

TEST_CASE("dashboard page: its one script runs by the nonce of its policy, and nothing else does") {
  const std::string page = dashboard_page(PageContent("Live: 5 rows done", "<p>five</p>"), "n0nce");
  CHECK(has(page, "<main><p>five</p></main>"));
  CHECK(has(page, "<title>Live: 5 rows done</title>"));
  CHECK(has(page, "<script nonce=\"n0nce\">"));
  CHECK(page.find("<script") == page.rfind("<script"));
  CHECK(dashboard_policy("n0nce").starts_with("default-src 'none'; script-src 'nonce-n0nce'; "));
  CHECK_FALSE(has(dashboard_policy("n0nce"), "*"));
}

TEST_CASE("dashboard page: what a file or a server has said is text on it, and one line of an event") {
  const PageContent content("stopped: <b>\"x\"</b>\n\ndata: y\xff", "<p>\nevent: ended\n\n</p>");
  CHECK(has(dashboard_page(content, "n"), "stopped: &lt;b&gt;&quot;x&quot;&lt;/b&gt;"));
  for (const std::string& event : {update_event(content), ended_event(content)}) {
    CHECK(std::count(event.begin(), event.end(), '\n') == 3);  // event, data, and the empty line that ends it
    CHECK(event.ends_with("\n\n"));
    CHECK(data_of(event).at("main").as_string() == content.main);
    CHECK(data_of(event).at("said").as_string().starts_with("stopped: <b>\"x\"</b>"));
  }
  CHECK(update_event(content).starts_with("event: update\n"));
  CHECK(ended_event(content).starts_with("event: ended\n"));
}
