// Many rows of each customer under trouble: the last one's values are there in the end, and never an older one's again.
#include <doctest/doctest.h>

#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

TEST_CASE("update: 1,000 customers with 20 rows each, through resets and 500s: each ends with its last row's values") {
  const TempDir dir;
  const auto rows = make_customers_in_turns(1000, 20);
  write_file(dir.file("customers.csv"), to_csv(rows));
  Simulator simulator({"--fault-seed", "9", "--error-share", "500:2%", "--reset-share", "0.5%", "--latency", "1ms"});
  // An attempt without an answer may apply late: the next row of its customer waits --timeout.
  const auto finished = run(update_command(
      simulator.url(), dir.file("customers.csv"), dir.file("run"),
      {"--rate", "unlimited", "--connections", "8", "--pipeline", "16", "--max-attempts", "20", "--timeout", "1s"}));
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(count_status(dir.file("run"), "success") == rows.size());
  for (const auto& text : disagreements(rows, dir.file("run"), simulator, finished.code)) FAIL_CHECK(text);
}
