// The machines of a worker without an event loop: each line of a table is an event and what it must lead to.
#include <doctest/doctest.h>

#include <ostream>

#include "worker/worker_machines.hpp"
#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

using Phase = Connections::Phase;

// Keeps the requests that it was given. It is opened, answered and closed by the test.
class KeepingSession final : public Session {
 public:
  explicit KeepingSession(std::size_t depth) : depth_(depth) {}

  boost::asio::awaitable<Opened> open() override { co_return Opened(); }
  boost::asio::awaitable<Received> next() override { co_return Received(); }
  std::size_t capacity() const noexcept override { return is_open ? depth_ - in_flight() : 0; }
  std::size_t in_flight() const noexcept override { return tags.size(); }
  void submit(const Request& request) override {
    tags.push_back(request.tag);
    ids.emplace_back(request.target.substr(request.target.rfind('/') + 1));
  }
  void flush() override { flushed = tags.size(); }
  void close() override { is_open = false; }
  void distrust() override { is_open = false; }
  std::string security() const override { return {}; }
  std::string peer() const override { return "test"; }

  bool is_open = false;
  std::size_t flushed = 0;
  std::vector<std::uint32_t> tags;
  std::vector<std::string> ids;

 private:
  std::size_t depth_;
};

enum class Event : std::uint8_t {
  rows,       // five rows come
  opened,     // the connection
  refused,    // the connection could not be made
  success,    // the oldest request has a response
  rejection,  // the same: the API refuses the row
  ended,      // the server closes without a word
  reset,      // the oldest request has a response, and the connection is lost in the same moment
  closed,     // the connection that amend closed is down
  waited,     // its back-off is over
  later,      // 150 ms have passed
};

// What the machines must be like after an event.
class Line {
 public:
  Line(Event event_, Phase phase_, std::uint32_t failures_, std::size_t in_flight_, std::size_t waiting_,
       std::size_t ended_)
      : event(event_), phase(phase_), failures(failures_), in_flight(in_flight_), waiting(waiting_), ended(ended_) {}

  Event event;
  Phase phase;
  std::uint32_t failures;
  std::size_t in_flight;
  std::size_t waiting;  // rows that could be sent, if a connection had room
  std::size_t ended;
};

class MachineBench {
 public:
  explicit MachineBench(CanaryMode canary)
      : admission_(pace_with(canary)),
        machines_(
            setup(), [] {}, count_wake()) {
    auto session = std::make_unique<KeepingSession>(depth);
    session_ = session.get();
    machines_.connections.add(std::move(session));
  }
  ~MachineBench() { take_ended(); }
  MachineBench(const MachineBench&) = delete;
  MachineBench& operator=(const MachineBench&) = delete;

  void follow(const std::vector<Line>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      CAPTURE(i);
      const Line& line = lines[i];
      apply(line.event);
      take_ended();
      const WorkerState& state = machines_.state;
      CHECK(connection().state.phase == line.phase);
      CHECK(connection().state.failures == line.failures);
      CHECK(session_->in_flight() == line.in_flight);
      CHECK(session_->flushed == line.in_flight);  // nothing is left in a buffer
      CHECK(state.fresh.size() + state.again.size() + state.alone.size() == line.waiting);
      CHECK(ended.size() == line.ended);
    }
  }

  static constexpr std::size_t depth = 3;
  RunControl control{[] {}};
  Metrics metrics;
  std::vector<Ended> ended;
  int woken = 0;

 private:
  static LoadConfig pace_with(CanaryMode canary) {
    LoadConfig load;
    load.rate.interval = std::chrono::nanoseconds(0);
    load.canary = canary;
    return load;
  }
  WorkerSetup setup() {
    config_.load.connections = 1;
    config_.load.pipeline = depth;
    config_.retry.backoff_first = 100ms;
    config_.retry.backoff_max = 100ms;
    WorkerSetup setup(config_, control, admission_, metrics, outcomes_);
    setup.signer = make_null_signer();
    setup.call = make_update_call(prefix_, Guard::off);
    return setup;
  }
  std::function<void(Connection&)> count_wake() {
    return [this](Connection&) { ++woken; };
  }
  Connection& connection() { return *machines_.connections.all().front(); }
  void follow_connection(Connections::Event event) { machines_.connections.follow(connection(), event, now_); }

  void apply(Event event) {
    switch (event) {
      case Event::rows: come(5); break;
      case Event::opened:
        session_->is_open = true;
        machines_.connections.opened(connection(), now_);
        break;
      case Event::refused:
        machines_.responses.take_failure(connection(), OpenError::refused, "test: Connection refused", now_);
        follow_connection(Connections::Event::rests);
        break;
      case Event::success: respond(200, customer_json(session_->ids.front())); break;
      case Event::rejection: respond(400, api_refusal); break;
      case Event::ended: end(CloseCause::ended); break;
      case Event::reset: end(CloseCause::lost, customer_json(session_->ids.front())); break;
      case Event::closed:
        REQUIRE_FALSE(session_->is_open);
        end(CloseCause::local);
        break;
      case Event::waited: follow_connection(Connections::Event::waited); break;
      case Event::later: now_ += 150ms; break;
    }
    machines_.run(now_);
  }

  void come(unsigned rows) {
    Batch* const batch = pool_.try_acquire();
    REQUIRE(batch);
    for (unsigned n = 1; n <= rows; ++n) {
      Update update;
      update.position = Position(n, n + 1, 0);
      update.id = append(*batch, uuid(n));
      update.body = append(*batch, "row");
      update.key = n;
      batch->push_back(update);
    }
    REQUIRE(machines_.input.push(RowRef(*batch, 0)));
  }
  static Slice append(Batch& batch, const std::string& text) {
    const std::size_t begin = batch.arena().size();
    batch.arena() += text;
    return batch.slice_from(begin);
  }

  TaggedResponse pop_answer(std::uint16_t status, const std::string& body) {
    Response response;
    response.status = status;
    response.body = body;
    const TaggedResponse answer(session_->tags.front(), response);
    session_->tags.erase(session_->tags.begin());
    session_->ids.erase(session_->ids.begin());
    session_->flushed = session_->tags.size();
    return answer;
  }
  void respond(std::uint16_t status, const std::string& body) {
    const std::vector<TaggedResponse> answers{pop_answer(status, body)};
    Received received;
    received.responses = answers;
    machines_.responses.take_batch(connection(), received, now_);
  }
  // As the coroutine of the connection does: the end, what came with it, and what follows.
  void end(CloseCause cause, const std::string& last_body = {}) {
    std::vector<TaggedResponse> answers;
    if (!last_body.empty()) answers.push_back(pop_answer(200, last_body));
    const std::vector<std::uint32_t> unanswered = std::exchange(session_->tags, {});
    session_->ids.clear();
    session_->is_open = false;
    session_->flushed = 0;
    Received received;
    received.responses = answers;
    received.unanswered = unanswered;
    received.closed = cause;
    received.text = "as the test wished";
    follow_connection(Connections::Event::ended);
    machines_.responses.take_batch(connection(), received, now_);
    machines_.run(now_);
    follow_connection(Connections::Event::rests);
  }
  void take_ended() {
    std::vector<Outcome> received;
    outcomes_.pop_all(received, 0ms);
    for (const Outcome& outcome : received) ended.emplace_back(outcome);
  }

  std::string prefix_;
  Config config_;
  AdmissionControl admission_;
  OutcomeQueue outcomes_;
  BatchPool pool_{4};
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  KeepingSession* session_ = nullptr;
  WorkerMachines machines_;
};

}  // namespace

TEST_CASE("machines: partial write, close, reconnect: the rest of the rows go out on the next connection") {
  MachineBench bench(CanaryMode::off);
  bench.follow({
      // event, phase, failures, in flight, waiting, ended
      {Event::rows, Phase::opening, 0, 0, 5, 0},
      {Event::opened, Phase::open, 0, 3, 2, 0},
      {Event::success, Phase::open, 0, 3, 1, 1},
      // The oldest of the three is lost and waits for its retry; the two behind it are sent again free of charge.
      {Event::ended, Phase::opening, 0, 0, 3, 1},
      {Event::opened, Phase::open, 0, 3, 0, 1},
      {Event::later, Phase::open, 0, 3, 1, 1},
      {Event::success, Phase::open, 0, 3, 0, 2},
      {Event::reset, Phase::opening, 0, 0, 1, 3},
      {Event::later, Phase::opening, 0, 0, 2, 3},
      {Event::opened, Phase::open, 0, 2, 0, 3},
      {Event::success, Phase::open, 0, 1, 0, 4},
      {Event::success, Phase::open, 0, 0, 0, 5},
  });
  CHECK(bench.woken == 5);  // also while its coroutine handles an end, which changes nothing
  CHECK(bench.metrics.attempts.value() == 10);
  CHECK(bench.metrics.in_flight.value() == 0);
  for (const Ended& row : bench.ended) CHECK(row.status == Status::success);
  CHECK(bench.control.cause() == StopCause::none);
}

TEST_CASE("machines: connections that fail back off, and rows wait until one is made") {
  MachineBench bench(CanaryMode::off);
  bench.follow({
      {Event::rows, Phase::opening, 0, 0, 5, 0},
      {Event::refused, Phase::backing_off, 1, 0, 5, 0},
      {Event::later, Phase::backing_off, 1, 0, 5, 0},
      {Event::waited, Phase::opening, 1, 0, 5, 0},
      {Event::opened, Phase::open, 1, 3, 2, 0},
      // It ends without one response: that is a failure too.
      {Event::ended, Phase::backing_off, 2, 0, 4, 0},
      {Event::waited, Phase::opening, 2, 0, 4, 0},
      {Event::opened, Phase::open, 2, 3, 1, 0},
      {Event::success, Phase::open, 0, 3, 0, 1},
  });
  CHECK(bench.metrics.retries.value() == 1);
  CHECK(bench.metrics.requeues.value() == 2);
}

TEST_CASE("machines: canary stop: one row at a time, and the third that is refused stops the run") {
  MachineBench bench(CanaryMode::on);
  bench.follow({
      {Event::rows, Phase::opening, 0, 0, 5, 0},
      {Event::opened, Phase::open, 0, 1, 4, 0},
      // The only request of its connection: its refusal is proved when no other response comes.
      {Event::rejection, Phase::open, 0, 0, 4, 0},
      {Event::later, Phase::open, 0, 1, 3, 1},
      // The second one is not: its row is sent again, alone on a new connection.
      {Event::rejection, Phase::open, 0, 0, 3, 1},
      {Event::later, Phase::open, 0, 0, 4, 1},
      {Event::closed, Phase::opening, 0, 0, 4, 1},
      {Event::opened, Phase::open, 0, 1, 3, 1},
      {Event::rejection, Phase::open, 0, 1, 2, 2},
  });
  CHECK(bench.control.cause() == StopCause::none);
  bench.follow({
      {Event::rejection, Phase::open, 0, 0, 2, 2},
      {Event::later, Phase::open, 0, 0, 3, 2},
      {Event::closed, Phase::opening, 0, 0, 3, 2},
      {Event::opened, Phase::open, 0, 1, 2, 2},
      {Event::rejection, Phase::open, 0, 0, 0, 3},
  });
  CHECK(bench.control.cause() == StopCause::failures);
  CHECK(bench.control.text().starts_with("none of the first 3 rows succeeded"));
  CHECK(bench.metrics.attempts.value() == 5);
}
