// The main job at size: what the program is for.
#include <doctest/doctest.h>

#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

TEST_CASE(
    "update: 100,000 rows through 500s, resets and closing connections all end in success, and the server holds the "
    "file") {
  const TempDir dir;
  const auto customers = make_customers(100'000);
  write_file(dir.file("customers.csv"), to_csv(customers));
  Simulator simulator(
      {"--fault-seed", "7", "--error-share", "500:1%", "--reset-share", "0.5%", "--close-after", "1000"});
  const auto finished = run(update_command(
      simulator.url(), dir.file("customers.csv"), dir.file("run"),
      {"--rate", "unlimited", "--connections", "8", "--pipeline", "16", "--max-attempts", "20", "--yes"}));
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(count_status(dir.file("run"), "success") == customers.size());
  for (const auto& text : disagreements(customers, dir.file("run"), simulator, finished.code)) FAIL_CHECK(text);
}

TEST_CASE("update: 5,000 signed rows through the same faults, each signature verified by the server") {
  const TempDir dir;
  const auto customers = make_customers(5'000, 2);
  write_file(dir.file("customers.csv"), to_csv(customers));
  auto faults = verifying_options();
  faults.insert(faults.end(),
                {"--fault-seed", "8", "--error-share", "500:1%", "--reset-share", "0.5%", "--close-after", "1000"});
  Simulator simulator(faults);
  auto options = signing_options();
  options.insert(options.end(),
                 {"--rate", "unlimited", "--connections", "8", "--pipeline", "16", "--max-attempts", "20", "--yes"});
  const auto finished = run(update_command(simulator.url(), dir.file("customers.csv"), dir.file("run"), options));
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  for (const auto& text : disagreements(customers, dir.file("run"), simulator, finished.code)) FAIL_CHECK(text);
}
