// A worker's event loop: the coroutines of its connections, its timer, and the turns in which it reads.
#include "worker/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <thread>

#include "connection_keeper.hpp"
#include "transport/event_loop.hpp"
#include "wake_up.hpp"
#include "worker_machines.hpp"

namespace amend {
namespace asio = boost::asio;

class Worker::Impl final : public ConnectionKeeper::Owner {
 public:
  using Clock = WorkerState::Clock;

  explicit Impl(WorkerSetup setup)
      : machines_(
            std::move(setup), [this] { wake(); }, [this](Connection& connection) { keeper_.wake(connection); }) {
    add_connections();
    reading_later_.reserve(connections_expected);
  }

  void run() {
    keeper_.start();
    pump_soon_.request();
    run_event_loop(io_, error_);
  }
  void wake() noexcept { pump_soon_.request(); }
  WorkerMachines& machines() noexcept { return machines_; }

 private:
  static constexpr std::size_t connections_expected = 256;

  void add_connections() {
    while (machines_.connections.all().size() < machines_.connections_wanted())
      machines_.connections.add(state_.transport->make_session(io_.get_executor()));
  }

  // Runs after each change.
  void pump() {
    if (state_.finished) return;
    add_connections();
    keeper_.start();
    machines_.run(Clock::now());
    if (state_.finished) return finish();
    if (std::exchange(state_.look_again, false)) pump_soon_.request();
    arm_timer();
  }

  // A timer that fires too early costs one check. Setting it again at each check costs more.
  void arm_timer() {
    const auto at = machines_.due();
    if (at >= timer_at_) return;
    timer_at_ = at;
    timer_.expires_at(at);
    timer_.async_wait([this](boost::system::error_code ec) {
      if (ec) return;
      timer_at_ = Clock::time_point::max();
      pump();
    });
  }

  void finish() {
    timer_.cancel();
    keeper_.stop();
    guard_.reset();
  }

  // A server that sends each response by itself wakes the worker for each, which costs more than the response does.
  // With enough requests in flight, the next read is delayed so that responses gather. The server still has enough to
  // do.
  void begin_turn() {
    // Rows may be ready: they go first. Responses on other connections belong to the turn that ends.
    if (pump_soon_.requested() || loops_to_turn_-- > 0) return turn_soon_.request();
    let_responses_gather();
    for (const Connection* connection : reading_later_) keeper_.wake(*connection);
    reading_later_.clear();
  }

  void let_responses_gather() {
    if (state_.finished || state_.control.draining()) return;
    for (const auto& connection : machines_.connections.all())
      if (connection->state.phase == Connections::Phase::opening) return;
    const auto wait = machines_.responses.gathering.wait(machines_.connections.in_flight(), Clock::now());
    if (wait > std::chrono::nanoseconds(0)) std::this_thread::sleep_for(wait);
  }

  // All responses until the next turn are read together.
  bool reads_later(Connection& connection) override {
    if (!machines_.dispatcher.reads_in_turns()) return false;
    // In its first round the loop asks the kernel, and in the second it handles the events.
    if (reading_later_.empty()) loops_to_turn_ = 2;
    reading_later_.push_back(&connection);
    turn_soon_.request();
    return true;
  }

  void rests(const Connection& connection) override {
    if (connection.state.phase == Connections::Phase::backing_off)
      return state_.admission.wait_on_purpose(connection.state.at);
    // Rows may have become ready while this connection was closing.
    if (!state_.control.draining() && state_.has_waiting()) pump_soon_.request();
  }

  void opened(Connection& connection, const Opened& opened) override {
    if (opened.error != OpenError::none) {
      state_.metrics.handshakes_failed.add();
      return machines_.responses.take_failure(connection, opened.error, opened.text, Clock::now());
    }
    state_.metrics.connections_opened.add();
    pump();
  }

  void take(Connection& connection, const Received& received) override {
    machines_.responses.take_batch(connection, received, Clock::now());
    pump();
  }

  void broke(const std::exception_ptr& error) override {
    if (error_) return;
    try {
      std::rethrow_exception(error);
    } catch (const ThreadError& no_thread) {
      // The run stops, and all other connections end as usual.
      state_.control.stop(StopCause::no_threads, no_thread.what());
    } catch (...) {
      error_ = error;
      io_.stop();
    }
  }

  WakeUp pump_soon_{io_, [this] { pump(); }};
  WakeUp turn_soon_{io_, [this] { begin_turn(); }};
  asio::io_context io_{1};
  WorkerMachines machines_;
  WorkerState& state_ = machines_.state;
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  ConnectionKeeper keeper_{io_, machines_.connections, state_.control, *this};
  asio::steady_timer timer_{io_};
  Clock::time_point timer_at_ = Clock::time_point::max();
  std::vector<Connection*> reading_later_;  // they read again when the turn is over
  int loops_to_turn_ = 0;                   // rounds of the event loop before that
  std::exception_ptr error_;
};

Worker::Worker(WorkerSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Worker::~Worker() = default;
BatchQueue& Worker::input() noexcept { return impl_->machines().input; }
void Worker::run() { impl_->run(); }
void Worker::wake() noexcept { impl_->wake(); }
std::uint64_t Worker::rows_dropped() const noexcept { return impl_->machines().state.rows_dropped; }
const LatencyHistogram& Worker::service_times() const noexcept { return impl_->machines().state.service_times; }
const LatencyHistogram& Worker::queue_times() const noexcept { return impl_->machines().state.queue_times; }

}  // namespace amend
