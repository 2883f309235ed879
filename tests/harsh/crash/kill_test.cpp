// SIGKILL at random moments, while resuming too.
#include <algorithm>
#include <random>

#include "harsh/crash/fixture.hpp"

using namespace test;

namespace {

std::size_t lines_in(const std::string& file) {
  const std::string text = read_file(file);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

void kill_and_resume(std::size_t rows, std::size_t kills) {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Crashing crashing(rows, {"--latency", "2ms"});
  auto process = crashing.start(crashing.fast_update());
  for (std::size_t i = 0; i < kills; ++i) {
    // Some at once, some soon after the first line, most in the middle.
    const std::size_t further = random() % 4 == 0 ? 0 : random() % (2 * rows / kills);
    const std::size_t lines = std::min(rows, lines_in(crashing.file("results.ndjson")) + further);
    if (further == 0) {
      REQUIRE(wait_for_line(crashing.dir.file("err"), "amend ", limit));
    } else {
      REQUIRE(wait_for_lines(crashing.file("results.ndjson"), lines, limit));
    }
    process->signal(SIGKILL);
    REQUIRE(process->wait(limit));
    process = crashing.start(crashing.has("run.json") ? crashing.resume_command() : crashing.fast_update());
  }
  Finished last;
  last.code = process->wait(Process::Seconds(300)).value_or(-1);
  last.err = crashing.messages();
  crashing.check_complete(last, kills);
}

}  // namespace

TEST_CASE("crash: 20,000 rows and 10 SIGKILLs, also while resuming: no row is lost and none has two records") {
  kill_and_resume(20'000, 10);
}

TEST_SUITE("long") {
  TEST_CASE("crash: 100,000 rows and 50 SIGKILLs, also while resuming: no row is lost and none has two records") {
    kill_and_resume(100'000, 50);
  }
}
