#include "cli/text/progress.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "unit/cli/holds.hpp"

namespace cli = amend::cli;
using namespace std::chrono_literals;

namespace {

cli::Snapshot half_way() {
  cli::Snapshot now;
  now.rows_read = 6'000;
  now.rows_done = 5'000;
  now.bytes_read = 600;
  now.bytes_total = 1'000;
  now.retries = 12;
  now.failures = 3;
  now.in_flight = 16;
  now.rows_per_second = 1'234.4;
  return now;
}

}  // namespace

TEST_CASE("progress: a wide terminal shows everything, what matters most first") {
  CHECK(cli::render_bar(half_way(), 200) ==
        "[##########..........] 50%  5,000 rows  1,234/s  3 failed  ETA 5 s  12 retries  16 in flight");
}

TEST_CASE("progress: trouble with connections is shown with its cause and its end, in place of other waits") {
  cli::Snapshot now = half_way();
  now.next_probe = 5s;
  now.trouble = "api.example (10.0.0.7:443): Connection refused\x1b[2J";
  now.trouble_lasted = 8'400ms;
  now.trouble_limit = 1h;
  const std::string shown =
      "cannot connect to api.example (10.0.0.7:443): Connection refused\\x1b[2J; amend has retried for 8 s and stops "
      "after 1 h";
  CHECK(holds(cli::render_plain(now), ", " + shown));
  CHECK(holds(cli::render_bar(now, 250), "  " + shown));
  CHECK_FALSE(holds(cli::render_plain(now), "next try"));
}

TEST_CASE("progress: a narrow terminal never gets a line as wide as itself, and loses the least important first") {
  for (std::size_t width = 0; width <= 120; ++width) {
    CAPTURE(width);
    const std::string line = cli::render_bar(half_way(), width);
    CHECK(line.size() < std::max<std::size_t>(width, 1));
    CHECK(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
  }
  CHECK(cli::render_bar(half_way(), 30) == "50%  5,000 rows  1,234/s");
}

TEST_CASE("progress: the share counts rows done, not bytes that the reader has only read ahead") {
  CHECK(cli::share_done(half_way()) == doctest::Approx(0.5));
  cli::Snapshot unknown = half_way();
  unknown.bytes_total = 0;
  CHECK(cli::share_done(unknown) < 0);
  CHECK(cli::seconds_left(unknown) < 0);
  CHECK_FALSE(holds(cli::render_bar(unknown, 200), "%"));
  CHECK_FALSE(holds(cli::render_bar(unknown, 200), "ETA"));
}

TEST_CASE("progress: --limit ends the work before the file does") {
  cli::Snapshot now = half_way();
  now.rows_limit = 6'000;
  CHECK(cli::share_done(now) == doctest::Approx(5.0 / 6));
}

TEST_CASE("progress: all done is 100 % and no more") {
  cli::Snapshot now = half_way();
  now.rows_done = now.rows_read = 7'000;
  now.bytes_read = 1'000;
  CHECK(cli::share_done(now) == 1.0);
  CHECK(holds(cli::render_bar(now, 200), "100%"));
}

TEST_CASE("progress: at the very start nothing is divided by nothing") {
  const cli::Snapshot now;
  CHECK(cli::render_bar(now, 80) == "0 rows  0.0/s  0 in flight");
  CHECK(cli::render_plain(now) == "0 rows done, 0.0/s, 0 retries, 0 failed, 0 in flight");
}

TEST_CASE("progress: a wait by the server's Retry-After is told, rounded up") {
  cli::Snapshot now = half_way();
  now.paused = 11'200ms;
  CHECK(holds(cli::render_bar(now, 200), "paused for 12 s (Retry-After from the API)"));
  CHECK(holds(cli::render_plain(now), "paused for 12 s (Retry-After from the API)"));
}

TEST_CASE("progress: the plain line is one whole sentence") {
  CHECK(cli::render_plain(half_way()) ==
        "5,000 rows done (50%), 1,234/s, 12 retries, 3 failed, 16 in flight, about 5 s left");
}

TEST_CASE("progress: while a person has paused the run that stands in place of the rate, and no time is foretold") {
  cli::Snapshot now = half_way();
  now.paused_by_person = true;
  CHECK(cli::render_bar(now, 200) ==
        "[##########..........] 50%  5,000 rows  paused  3 failed  12 retries  16 in flight");
  CHECK(cli::render_plain(now) == "5,000 rows done (50%), paused, 12 retries, 3 failed, 16 in flight");
}

TEST_CASE("progress: the rate follows the last seconds, and is calm about one tick") {
  cli::RateMeter meter;
  CHECK(meter.update(0, 0ms) == 0);
  CHECK(meter.update(100, 1'000ms) == doctest::Approx(100));
  CHECK(meter.update(100, 1'000ms) == doctest::Approx(100));
  const double after_a_tick_of_nothing = meter.update(100, 1'200ms);
  CHECK(after_a_tick_of_nothing > 90);
  CHECK(after_a_tick_of_nothing < 100);
  double rate = 0;
  for (int second = 2; second < 30; ++second) rate = meter.update(100, std::chrono::seconds(second));
  CHECK(rate < 1);
}
