// --dashboard in a real browser during a run.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "looks.hpp"
#include "page_numbers.hpp"
#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

namespace {

constexpr auto limit = Process::Seconds(120);
const std::string success = "document.querySelector('[data-total=success]').dataset.value";
const std::string standing = "document.getElementById('standing')";

/// A run of half a minute, unless it is let go faster, and its page.
class Live {
 public:
  explicit Live(const std::vector<std::string>& faults = {"--latency", "20ms"})
      : customers(make_customers(3000)), simulator(faults), directory(dir.file("run")) {
    write_file(dir.file("customers.csv"), to_csv(customers));
    const auto command = update_command(simulator.url(), dir.file("customers.csv"), directory,
                                        {"--canary", "off", "--rate", "100/s", "--dashboard", "127.0.0.1:0"});
    process = std::make_unique<Process>(command, dir.file("out"), dir.file("err"));
    const std::string start = "dashboard at ";
    const auto line = wait_for_line(dir.file("err"), start, limit);
    REQUIRE(line);
    url = line->substr(start.size());
  }
  void let_go_faster() const { CHECK(run({AMEND_PROGRAM, "control", directory, "rate", "unlimited"}).code == 0); }
  boost::json::object summary() const { return read_json(directory + "/summary.json"); }

  TempDir dir;
  std::vector<Customer> customers;
  Simulator simulator;
  std::string directory;
  std::unique_ptr<Process> process;
  std::string url;
};

void wait_for_more(Browser& browser) {
  const std::int64_t now = browser.number(success);
  REQUIRE(browser.wait_until_true("Number(" + success + ") > " + std::to_string(now), limit));
}

}  // namespace

TEST_CASE("dashboard: its numbers move, it says how the run ended, and then they are those of summary.json") {
  if (!browser_is_installed()) return;
  Browser browser;
  Live live({"--latency", "20ms", "--jitter", "60ms", "--error-share", "404:2%", "--error-share", "500:5%"});
  browser.open(live.url);
  CHECK(browser.text(standing + ".dataset.standing") == "running");
  wait_for_more(browser);
  wait_for_more(browser);
  check_looks(browser, live.url, "dashboard-live");
  live.let_go_faster();
  REQUIRE(browser.wait_until_true(standing + ".dataset.standing === 'ended'", limit));
  CHECK(live.process->wait(limit) == 1);
  CHECK(browser.text(standing + ".textContent").find("(exit code 1)") != std::string::npos);
  for (const auto& difference : differences(browser, live.summary())) FAIL_CHECK(difference);
  check_looks(browser, live.url, "dashboard-ended");
  CHECK(browser.number("source.readyState") == 2);  // it has left, and does not come again
}

TEST_CASE("dashboard: what a reader selects, scrolls to and looks at stays while the numbers move") {
  if (!browser_is_installed()) return;
  Browser browser;
  Live live;
  browser.set_size(400, 500);
  browser.open(live.url);
  wait_for_more(browser);
  browser.script(
      "window.title = document.querySelector('h1'); getSelection().selectAllChildren(title); scrollTo(0, 700)");
  for (int i = 0; i < 3; ++i) wait_for_more(browser);
  CHECK(browser.is_true("window.title.isConnected"));
  CHECK(browser.is_true("getSelection().toString() === window.title.textContent"));
  CHECK(browser.number("scrollY") == 700);
  live.process->signal(SIGTERM);
  REQUIRE(browser.wait_until_true(standing + ".dataset.standing === 'ended'", limit));
  CHECK(browser.text(standing + ".textContent").find("exit code 143") != std::string::npos);
  CHECK(live.process->wait(limit) == 143);
}

TEST_CASE("dashboard: a page that is closed, and one that stays open, leave the run as it is") {
  if (!browser_is_installed()) return;
  Browser leaves;
  Browser stays;
  Live live;
  leaves.open(live.url);
  stays.open(live.url);
  wait_for_more(leaves);
  leaves.open("about:blank");
  live.let_go_faster();
  CHECK(live.process->wait(limit) == 0);
  live.simulator.stop();
  for (const auto& text : disagreements(live.customers, live.directory, live.simulator, 0)) FAIL_CHECK(text);
  CHECK(stays.wait_until_true(standing + ".dataset.standing === 'ended'", limit));
  for (const auto& difference : differences(stays, live.summary())) FAIL_CHECK(difference);
}

TEST_CASE("dashboard: a run that is killed does not answer any more, and the page says since when") {
  if (!browser_is_installed()) return;
  Browser browser;
  Live live;
  browser.open(live.url);
  wait_for_more(browser);
  live.process->signal(SIGKILL);
  REQUIRE(live.process->wait(limit) == 137);
  REQUIRE(browser.wait_until_true(standing + ".dataset.standing === 'lost'", limit));
  CHECK(browser.text(standing + ".textContent").starts_with("The run does not respond. Last update: "));
  CHECK(browser.number(success) > 0);
}

TEST_CASE("dashboard: a run that stands still is told from one that goes on") {
  if (!browser_is_installed()) return;
  Browser browser;
  Live live;
  browser.open(live.url);
  wait_for_more(browser);
  live.process->signal(SIGSTOP);
  CHECK(browser.wait_until_true(standing + ".dataset.standing === 'lost'", limit));
  live.process->signal(SIGCONT);
  CHECK(browser.wait_until_true(standing + ".dataset.standing === 'running'", limit));
  live.let_go_faster();
  CHECK(live.process->wait(limit) == 0);
  CHECK(browser.wait_until_true(standing + ".dataset.standing === 'ended'", limit));
}
