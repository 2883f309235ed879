// A worker's event loop: the coroutines of its connections, its timer, and the turns in which it reads.
#include "amend/worker/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <thread>

#include "amend/transport/event_loop.hpp"
#include "connection_keeper.hpp"
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

  void add_connections();
  void pump();
  void arm_timer();
  void finish();
  void begin_turn();
  void let_responses_gather();

  // ConnectionKeeper::Owner
  void rests(const Connection& connection) override;
  void opened(Connection& connection) override;
  void not_opened(Connection& connection, const Opened& opened) override;
  void take(Connection& connection, const Lot& lot) override;
  bool reads_later(Connection& connection) override;
  void broke(const std::exception_ptr& error) override;

  WakeUp pump_soon_{io_, [this] { pump(); }};
  WakeUp turn_soon_{io_, [this] { begin_turn(); }};
  asio::io_context io_{1};
  WorkerMachines machines_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  ConnectionKeeper keeper_{io_, machines_.connections, machines_.state.control, *this};
  asio::steady_timer timer_{io_};
  Clock::time_point timer_at_ = Clock::time_point::max();
  std::vector<Connection*> reading_later_;  // they read again when the turn is over
  int loops_to_turn_ = 0;                   // the event loop goes round that often before
  std::exception_ptr error_;
};

void Worker::Impl::add_connections() {
  WorkerState& state = machines_.state;
  while (machines_.connections.all().size() < machines_.connections_wanted())
    machines_.connections.add(state.transport->make_session(io_.get_executor()));
}

// Runs whenever something changed.
void Worker::Impl::pump() {
  if (machines_.state.finished) return;
  add_connections();
  keeper_.start();
  machines_.run(Clock::now());
  if (machines_.state.finished) return finish();
  if (std::exchange(machines_.state.look_again, false)) pump_soon_.request();
  arm_timer();
}

// A timer that fires too early costs a look; setting it again at each look costs more.
void Worker::Impl::arm_timer() {
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

void Worker::Impl::finish() {
  timer_.cancel();
  keeper_.stop();
  guard_.reset();
}

// A server that sends each response by itself wakes the worker for each, which costs more than the response does. With
// enough requests in flight, the next read is delayed so that responses gather. The server still has enough to do.
void Worker::Impl::begin_turn() {
  // Rows may be ready: they go first. And what has come on other connections belongs to the turn that ends.
  if (pump_soon_.requested() || loops_to_turn_-- > 0) return turn_soon_.request();
  let_responses_gather();
  for (const Connection* connection : reading_later_) keeper_.wake(*connection);
  reading_later_.clear();
}

void Worker::Impl::let_responses_gather() {
  const WorkerState& state = machines_.state;
  if (state.finished || state.control.draining()) return;
  for (const auto& connection : machines_.connections.all())
    if (connection->state.phase == Connections::Phase::opening) return;
  const auto wait = machines_.responses.gathering.wait(machines_.connections.in_flight(), Clock::now());
  if (wait > std::chrono::nanoseconds(0)) std::this_thread::sleep_for(wait);
}

// All that comes until the next turn is read together.
bool Worker::Impl::reads_later(Connection& connection) {
  if (!machines_.dispatcher.reads_in_turns()) return false;
  // The loop asks the kernel once in the first time around, and comes past what it heard in the second.
  if (reading_later_.empty()) loops_to_turn_ = 2;
  reading_later_.push_back(&connection);
  turn_soon_.request();
  return true;
}

void Worker::Impl::rests(const Connection& connection) {
  WorkerState& state = machines_.state;
  if (connection.state.phase == Connections::Phase::backing_off)
    return state.brake.wait_on_purpose(connection.state.at);
  // Rows may have become ready while this connection was on its way down.
  if (!state.control.draining() && state.has_waiting()) pump_soon_.request();
}

void Worker::Impl::opened(Connection&) {
  machines_.state.metrics.connections_opened.add();
  pump();
}

void Worker::Impl::not_opened(Connection& connection, const Opened& opened) {
  machines_.state.metrics.handshakes_failed.add();
  machines_.responses.take_failure(connection, opened.error, opened.text, Clock::now());
}

void Worker::Impl::take(Connection& connection, const Lot& lot) {
  machines_.responses.take_lot(connection, lot, Clock::now());
  pump();
}

void Worker::Impl::broke(const std::exception_ptr& error) {
  if (error_) return;
  try {
    std::rethrow_exception(error);
  } catch (const ThreadError& no_thread) {
    // The run stops, and all other connections end as they do then.
    machines_.state.control.stop(StopCause::no_threads, no_thread.what());
  } catch (...) {
    error_ = error;
    io_.stop();
  }
}

Worker::Worker(WorkerSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Worker::~Worker() = default;
BatchQueue& Worker::input() noexcept { return impl_->machines().input; }
void Worker::run() { impl_->run(); }
void Worker::wake() noexcept { impl_->wake(); }
std::uint64_t Worker::rows_dropped() const noexcept { return impl_->machines().state.rows_dropped; }
const LatencyHistogram& Worker::service_times() const noexcept { return impl_->machines().state.service_times; }
const LatencyHistogram& Worker::queue_times() const noexcept { return impl_->machines().state.queue_times; }

}  // namespace amend
