// What `amend report` makes, opened from the disk in a real browser.
#include <doctest/doctest.h>

#include "looks.hpp"
#include "page_numbers.hpp"
#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

namespace {

constexpr auto report_limit = Process::Seconds(120);

class Reported {
 public:
  explicit Reported(const std::string& rows, const std::vector<std::string>& faults, std::vector<std::string> options)
      : simulator(faults), directory(dir.file("run")) {
    write_file(dir.file("customers.csv"), rows);
    options.insert(options.begin(), {"--canary", "off"});
    code = run(update_command(simulator.url(), dir.file("customers.csv"), directory, options)).code;
    const Finished report = run({AMEND_PROGRAM, "report", directory});
    CAPTURE(report.err);
    REQUIRE(report.code == 0);
  }
  std::string page() const { return file_url(directory + "/report.html"); }
  boost::json::object summary() const { return read_json(directory + "/summary.json"); }

  TempDir dir;
  Simulator simulator;
  std::string directory;
  int code = -1;
};

void check_page(const Reported& reported, const std::string& name) {
  Browser browser;
  browser.open(reported.page());
  for (const auto& difference : differences(browser, reported.summary())) FAIL_CHECK(difference);
  check_looks(browser, reported.page(), name);
}

}  // namespace

TEST_CASE("report: of a run with an outage, refusals and bad rows; its numbers are those of summary.json") {
  if (!browser_is_installed()) return;
  const Reported reported(to_csv(make_customers(3000)) + "C-10482,A,5,,,\n3f2504e0-4f89-41d3-9a0c-0305e82c3301,A,,,,\n",
                          {"--latency", "20ms", "--jitter", "60ms", "--error-share", "404:1%", "--error-share",
                           "500:5%", "--rate-limit", "450/s", "--unavailable", "2000ms..3500ms"},
                          {"--rate", "500/s"});
  CHECK(reported.code == 1);
  check_page(reported, "report");
}

TEST_CASE("report: of a run in which all went well") {
  if (!browser_is_installed()) return;
  const Reported reported(to_csv(make_customers(200)), {"--latency", "5ms"}, {"--rate", "200/s"});
  CHECK(reported.code == 0);
  check_page(reported, "report-well");
}

TEST_CASE("report: markup in a row is text and does nothing, with --show-values too") {
  if (!browser_is_installed()) return;
  const std::string markup = "<script>document.title='owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>";
  std::string rows = to_csv(make_customers(20));
  rows += "\"" + markup + "\",A,5,,,\n";
  Reported reported(rows, {}, {"--rate", "unlimited"});
  const Finished shown = run({AMEND_PROGRAM, "report", reported.directory, "--show-values"});
  REQUIRE(shown.code == 0);
  Browser browser;
  browser.open(reported.page());
  for (const auto& fault : page_faults(browser, reported.page())) FAIL_CHECK(fault);
  CHECK(browser.is_true("document.title.startsWith('amend')"));
  CHECK(browser.number("document.querySelectorAll('script, img, iframe').length") == 0);
  CHECK(browser.is_true("document.body.textContent.includes(\"<script>document.title='owned'\")"));
}
