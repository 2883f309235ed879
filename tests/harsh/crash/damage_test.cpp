// A log that was cut or changed after its run: what can be mended is, and what cannot be trusted is refused.
#include <random>

#include "harsh/crash/fixture.hpp"

using namespace test;

namespace {

/// A finished run of 300 rows, to be damaged again and again.
class Finished300 {
 public:
  Finished300() : crashing(300) {
    REQUIRE(run(crashing.fast_update()).code == 0);
    log = read_file(crashing.file("results.ndjson"));
    summary = read_file(crashing.file("summary.json"));
  }
  void restore(const std::string& damaged_log, const std::string& summary_text) const {
    write_file(crashing.file("results.ndjson"), damaged_log);
    std::filesystem::remove(crashing.file("summary.json"));
    if (!summary_text.empty()) write_file(crashing.file("summary.json"), summary_text);
  }
  Finished resume() const { return run(crashing.resume_command()); }

  Crashing crashing;
  std::string log;
  std::string summary;
};

// Cut at each `step`-th byte of the last 4 KiB, after a kill.
void cut_at_each(std::size_t step) {
  Finished300 finished;
  std::size_t turn = 0;
  for (std::size_t size = finished.log.size(); size > finished.log.size() - 4096; size -= step, ++turn) {
    CAPTURE(size);
    finished.restore(finished.log.substr(0, size), std::string());
    const Finished last = finished.resume();
    CAPTURE(last.err);
    REQUIRE(last.code == 0);
    REQUIRE(count_status(finished.crashing.directory, "success") == 300);
    REQUIRE(read_ndjson(finished.crashing.file("results.ndjson")).size() == 300);
  }
  Finished well;
  well.code = 0;
  // The limit of repeated requests: each row one time for each cut before it.
  finished.crashing.check_complete(well, turn);
}

}  // namespace

TEST_CASE("damage: a log cut at any byte of its last 4 KiB is resumed, each row with one record") { cut_at_each(13); }

TEST_CASE("damage: a bit that changed anywhere in the log of an ended run is noticed, and nothing is sent") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Finished300 finished;
  for (int i = 0; i < 200; ++i) {
    const std::size_t at = random() % finished.log.size();
    const auto bit = static_cast<char>(1 << random() % 8);
    CAPTURE(at);
    std::string damaged = finished.log;
    damaged[at] = static_cast<char>(damaged[at] ^ bit);
    finished.restore(damaged, finished.summary);
    const Finished refused = finished.resume();
    CAPTURE(refused.err);
    REQUIRE(refused.code == 3);
    const std::size_t line = finished.log.rfind('\n', at == 0 ? 0 : at - 1) + 1;
    REQUIRE(refused.err.find("was changed at byte " + std::to_string(at == 0 ? 0 : line)) != std::string::npos);
    REQUIRE((read_file(finished.crashing.file("results.ndjson")) == damaged));
  }
  finished.crashing.simulator.stop();
  CHECK(read_ndjson(finished.crashing.simulator.request_log()).size() == 300);
}

TEST_CASE(
    "damage: a log that is shorter than its run has made it is refused, wherever it was cut, and nothing is sent") {
  Finished300 finished;
  for (std::size_t size = 0; size < finished.log.size(); size += finished.log.size() / 40 + 1) {
    CAPTURE(size);
    finished.restore(finished.log.substr(0, size), finished.summary);
    const Finished refused = finished.resume();
    CAPTURE(refused.err);
    REQUIRE(refused.code == 3);
    REQUIRE(refused.err.find("was cut at byte") != std::string::npos);
    REQUIRE(read_file(finished.crashing.file("results.ndjson")).size() == size);
  }
  finished.crashing.simulator.stop();
  CHECK(read_ndjson(finished.crashing.simulator.request_log()).size() == 300);
}

TEST_SUITE("long") {
  TEST_CASE("damage: a log cut at each byte of its last 4 KiB is resumed, each row with one record") { cut_at_each(1); }
}
