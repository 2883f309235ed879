// What a run that ended a moment ago, in whatever way, has left that the API may still apply.
#include "start/late_rows.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "amend/wonder/customer_schema.hpp"
#include "unit/reporter/chain_fixture.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

const std::string ada = "0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e01";
const std::string bob = "0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e02";
const std::string cid = "0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e03";

std::uint64_t key_of(const std::string& id) { return wonder::customer_key(id); }

// A run of which row 1 may be applied late, row 2 no more, and row 3 was never recorded.
class EndedRun {
 public:
  explicit EndedRun(std::chrono::milliseconds ago) : directory_(folder_ / "run") {
    make_run(directory_, Written({}, 3));
    const auto now = std::chrono::system_clock::now();
    Rows rows;
    ResultLine lines;
    std::string log;
    Outcome late = rows.make(Status::success, ada, "row 1", Position(1, 2, 0));
    late.late_until = late_until_ = now + 20s - ago;
    lines.append(log, late, std::nullopt);
    Outcome over = rows.make(Status::unknown, bob, "row 2", Position(2, 3, 0));
    over.late_until = now - 1s;
    lines.append(log, over, std::nullopt);
    std::ofstream(directory_ + "/results.ndjson", std::ios::binary) << log;
    std::filesystem::last_write_time(directory_ + "/results.ndjson",
                                     std::filesystem::file_time_type::clock::now() - ago);
  }
  LateRequests found(std::chrono::milliseconds timeout) const {
    RowSet recorded;
    recorded.insert(1);
    recorded.insert(2);
    return late_requests_of(RunChain(directory_).runs(), timeout, 3, std::move(recorded));
  }
  LateRequests::time_point late_until() const { return late_until_; }
  LateRequests::time_point all_late_until() const { return late_until_of(RunChain(directory_).runs(), 1s); }
  void remove_summary() const { std::filesystem::remove(directory_ + "/summary.json"); }
  void write_summary(std::string_view text) const { std::ofstream(directory_ + "/summary.json") << text; }

 private:
  TemporaryDirectory folder_;
  std::string directory_;
  LateRequests::time_point late_until_;
};

bool is_about(LateRequests::time_point time, LateRequests::time_point wanted) {
  return time > wanted - 2s && time < wanted + 2s;
}

}  // namespace

TEST_CASE("late rows: what a record says, and what was in flight, is late until --timeout has passed") {
  const EndedRun run(5s);
  const auto now = std::chrono::system_clock::now();
  const LateRequests late = run.found(30s);
  CHECK(is_about(late.own_until(key_of(ada), 1), run.late_until()));
  CHECK(is_about(late.others_until(key_of(ada), 4), run.late_until()));
  CHECK(late.others_until(key_of(ada), 1) <= now);
  CHECK(late.own_until(key_of(bob), 2) <= now);
  CHECK(late.others_until(key_of(bob), 4) <= now);
  CHECK(is_about(late.own_until(key_of(cid), 3), now + 25s));
  CHECK(late.own_until(key_of(cid), 4) <= now);
}

TEST_CASE("late rows: a longer --timeout counts, be it the run's before or this one's") {
  const auto now = std::chrono::system_clock::now();
  CHECK(is_about(EndedRun(5s).found(1s).own_until(key_of(cid), 3), now + 25s));  // that run had 30 s
  CHECK(is_about(EndedRun(5s).found(60s).own_until(key_of(cid), 3), now + 55s));
}

TEST_CASE("late rows: a run that ended long ago has left nothing, and a clock that was set back no long wait") {
  const auto now = std::chrono::system_clock::now();
  const LateRequests old = EndedRun(31s).found(30s);
  CHECK(old.own_until(key_of(ada), 1) <= now);
  CHECK(old.own_until(key_of(cid), 3) <= now);
  CHECK(is_about(EndedRun(-1h).found(30s).own_until(key_of(cid), 3), now + 30s));
}

TEST_CASE("late rows: a run is read back when the API can apply none of its requests any more") {
  const auto now = std::chrono::system_clock::now();
  const EndedRun killed(5s);
  killed.remove_summary();
  CHECK(is_about(killed.all_late_until(), now + 25s));  // that run had 30 s
  const EndedRun stopped(5s);
  stopped.write_summary(R"({"exit_code":4,"stop_reason":"the --deadline has passed"})");
  CHECK(is_about(stopped.all_late_until(), now + 25s));
  const EndedRun finished(5s);
  finished.write_summary(R"({"exit_code":0,"stop_reason":""})");
  CHECK(is_about(finished.all_late_until(), finished.late_until()));
  CHECK(EndedRun(31s).all_late_until() <= now);
}
