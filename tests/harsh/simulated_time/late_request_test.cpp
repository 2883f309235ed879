// The newer row of a customer wins. The API answers in any way, and applies a request any time later, below --timeout.
// In the end it has the values of the last row of the file. In one run, and over runs that are killed at any moment.
#include <map>
#include <random>
#include <set>

#include "amend/row/late_requests.hpp"
#include "night.hpp"

using namespace amend;
using namespace amend::test;
using std::chrono::nanoseconds;

namespace {

// Receives requests, and applies each when the test decides: now, or later than its response.
class LateApi {
 public:
  void apply(const Sent& request, nanoseconds later = 0ns) {
    applied_[request.id()].emplace(simulated_time() + later, std::stoull(request.body.substr(4)));
  }
  /// The row whose value the API holds in the end; 0: none.
  std::uint64_t row_held(const std::string& id) const {
    const auto found = applied_.find(id);
    return found == applied_.end() ? 0 : found->second.rbegin()->second;
  }

 private:
  std::map<std::string, std::multimap<nanoseconds, std::uint64_t>> applied_;
};

constexpr auto error_body = R"({"code":"E1","message":"later"})";
constexpr std::chrono::milliseconds timeout = 30s;

// How an attempt ends that may be applied late, or not at all.
class Ending {
 public:
  explicit Ending(std::uint16_t status_) : status(status_) {}
  explicit Ending(CloseCause cause_) : cause(cause_) {}
  void make(FakeSession& session) const {
    if (cause != CloseCause::open) return session.end(cause);
    session.reply(status, status < 300 ? R"({"code":200,"data":{}})" : error_body);
  }
  std::uint16_t status = 0;
  CloseCause cause = CloseCause::open;
};

std::vector<Ending> endings() {
  std::vector<Ending> all;
  for (const std::uint16_t status : std::initializer_list<std::uint16_t>{408, 500, 501, 502, 503, 504, 507, 520, 521,
                                                                         522, 523, 524, 525, 526, 527, 530, 200})
    all.emplace_back(status);
  for (const CloseCause cause : {CloseCause::timeout, CloseCause::lost, CloseCause::ended, CloseCause::protocol})
    all.emplace_back(cause);
  return all;
}

}  // namespace

TEST_CASE("late request: whatever ends the attempt, and however late it is applied, the newer row wins") {
  for (const Ending& ending : endings()) {
    for (const nanoseconds later : {nanoseconds(1ms), nanoseconds(timeout / 2), nanoseconds(timeout - 1ms)}) {
      for (const bool is_retried : {true, false}) {
        CAPTURE(ending.status);
        CAPTURE(static_cast<int>(ending.cause));
        CAPTURE(later.count());
        CAPTURE(is_retried);
        WorkerBench bench;
        bench.config.deadline.response = timeout;
        bench.config.retry.attempts_max = is_retried ? 3 : 1;
        LateApi api;
        bench.server.serve = [&, first = true](FakeSession& session) mutable {
          while (session.is_open() && !session.requests().empty()) {
            const Sent request = session.requests().front();
            const bool late = request.body == "row 1" && std::exchange(first, false);
            api.apply(request, late ? later : 0ns);
            if (late) {
              ending.make(session);
            } else {
              session.reply_well();
            }
          }
        };
        const auto begin = simulated_time();
        bench.run({uuid(1), uuid(2), uuid(1), uuid(1)});
        CHECK(api.row_held(uuid(1)) == 4);
        CHECK(api.row_held(uuid(2)) == 2);
        CHECK(bench.row(4).status == Status::success);
        CHECK_FALSE(bench.row(3).warning.empty());
        CHECK(bench.row(2).warning.empty());
        CHECK(bench.control.notices().size() == 1);  // that a row waits
        CHECK(simulated_time() - begin < timeout + 1s);
        CHECK(bench.metrics.customers_held.value() == 0);
      }
    }
  }
}

TEST_CASE("late request: a request that was lost behind another on its connection may be applied late, too") {
  for (const CloseCause cause : {CloseCause::timeout, CloseCause::lost, CloseCause::ended, CloseCause::protocol}) {
    CAPTURE(static_cast<int>(cause));
    WorkerBench bench;
    bench.config.deadline.response = timeout;
    bench.config.load.pipeline = 2;
    LateApi api;
    bench.server.serve = [&, first = true](FakeSession& session) mutable {
      if (first && session.requests().size() < 2) return;
      while (session.is_open() && !session.requests().empty()) {
        if (std::exchange(first, false)) {
          api.apply(session.requests().back(), timeout / 2);
          return session.end(cause);
        }
        api.apply(session.requests().front());
        session.reply_well();
      }
    };
    bench.run({uuid(1), uuid(2), uuid(2)});
    CHECK(bench.sent(2).front().unanswered_before == 1);
    CHECK(bench.row(2).attempts == 1);
    CHECK(api.row_held(uuid(2)) == 3);
    CHECK_FALSE(bench.row(3).warning.empty());
  }
}

TEST_CASE("late request: after a response that leaves nothing open the customer's next row goes at once") {
  for (const std::uint16_t status : std::initializer_list<std::uint16_t>{400, 404, 409, 422, 429, 503}) {
    CAPTURE(status);
    WorkerBench bench;
    bench.config.deadline.response = timeout;
    bench.server.serve = [&, first = true](FakeSession& session) mutable {
      while (!session.requests().empty()) {
        const bool late = session.requests().front().body == "row 1" && std::exchange(first, false);
        if (late) {
          session.reply(status, error_body, status == 503 ? "1" : "");
        } else {
          session.reply_well();
        }
      }
    };
    const auto begin = simulated_time();
    bench.run({uuid(1), uuid(1)});
    CHECK(bench.row(2).status == Status::success);
    CHECK(bench.row(2).warning.empty());
    CHECK(simulated_time() - begin < 5s);
  }
}

namespace {

// A run over one file, in one process or in several that are killed and resumed.
class KilledRuns {
 public:
  KilledRuns(std::vector<std::string> ids, unsigned seed) : ids_(std::move(ids)), random_(seed) {}

  /// Runs until the moment, or to the end; true: every row has its record.
  bool run(std::optional<std::chrono::milliseconds> killed_after) {
    WorkerBench bench;
    bench.config.deadline.response = timeout;
    bench.config.retry.backoff_max = 2s;
    bench.connections = 2;
    bench.late = &late_;
    bench.server.serve = [&](FakeSession& session) { serve(bench, session, killed_after); };
    std::vector<std::string> left = ids_;
    for (std::size_t i = 0; i < left.size(); ++i)
      if (recorded_.contains(i + 1)) left[i].clear();
    bench.run(left);
    record(bench);
    return bench.dropped == 0;
  }

  LateApi api;

 private:
  void serve(WorkerBench& bench, FakeSession& session, std::optional<std::chrono::milliseconds> killed_after) {
    if (killed_after && !std::exchange(kill_is_set_, true))
      session.later_by(*killed_after, [&bench] { bench.control.stop_now(StopCause::interrupted, ""); });
    const std::size_t fresh = session.received() - std::exchange(seen_[&session], session.received());
    for (std::size_t i = session.requests().size() - std::min(fresh, session.requests().size());
         i < session.requests().size(); ++i)
      take(session, session.requests()[i]);
  }

  // Of three requests one is answered well, one in another way, one not for a long time; and applied any time.
  void take(FakeSession& session, const Sent& request) {
    const auto dice = random_() % 6;
    const auto latency = std::chrono::milliseconds(1 + random_() % (dice == 5 ? 20'000 : 200));
    const nanoseconds late = std::chrono::milliseconds(random_() % timeout.count());
    const bool good = dice < 4 && random_() % 3 != 0;
    api.apply(request, good ? nanoseconds(latency) : late);
    const auto all = endings();
    const Ending ending = all[random_() % all.size()];
    session.later_by(latency, [&session, request, good, ending] { answer(session, request, good, ending); });
  }

  // Behind the responses to the requests before it.
  static void answer(FakeSession& session, const Sent& request, bool good, const Ending& ending) {
    const auto is_it = [&](const Sent& s) { return s.tag == request.tag && s.connection == request.connection; };
    if (!session.is_open() || std::ranges::none_of(session.requests(), is_it)) return;
    if (!is_it(session.requests().front()))
      return session.later_by(100ms, [&session, request, good, ending] { answer(session, request, good, ending); });
    if (good) return session.reply_well();
    ending.make(session);
  }

  // What results.ndjson says, and when the process was last seen.
  void record(const WorkerBench& bench) {
    kill_is_set_ = false;
    seen_.clear();
    const auto now = std::chrono::system_clock::now();
    late_ = LateRequests();
    RowSet rows;
    // A process that is killed takes its last records with it.
    const std::size_t lost = bench.dropped == 0 ? 0 : random_() % 4;
    for (std::size_t i = 0; i + lost < bench.ended.size(); ++i) {
      const Ended& ended = bench.ended[i];
      recorded_.insert(ended.row);
      if (ended.late_until > now)
        records_.emplace_back(std::hash<std::string>()(ids_[ended.row - 1]), ended.row, ended.late_until);
    }
    for (const std::uint64_t row : recorded_) rows.insert(row);
    for (const auto& record : records_) late_.add(record.key, record.row, record.until);
    late_.sort();
    late_.set_in_flight(ids_.size(), std::move(rows), now + timeout);
  }

  std::vector<std::string> ids_;
  std::mt19937 random_;
  std::set<std::uint64_t> recorded_;
  std::vector<LateRequests::Late> records_;
  LateRequests late_;
  std::map<const FakeSession*, std::size_t> seen_;
  bool kill_is_set_ = false;
};

}  // namespace

TEST_CASE("late request: runs that are killed at any moment and resumed at once leave what the last row says") {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    std::vector<std::string> ids;
    for (unsigned n = 0; n < 30; ++n) ids.push_back(uuid(1 + (n * 7 + seed) % 8));
    KilledRuns runs(ids, seed);
    std::mt19937 moments(seed);
    for (int kill = 0; kill < 4; ++kill) runs.run(std::chrono::milliseconds(1 + moments() % 40'000));
    while (!runs.run(std::nullopt)) {
    }
    for (unsigned n = 1; n <= 8; ++n) {
      CAPTURE(n);
      const auto last = std::ranges::find(ids.rbegin(), ids.rend(), uuid(n));
      if (last == ids.rend()) continue;
      CHECK(runs.api.row_held(uuid(n)) == static_cast<std::uint64_t>(ids.rend() - last));
    }
  }
}
