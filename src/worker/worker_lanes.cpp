// The connections: opened when wanted, served until they end, opened again with a back-off.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "amend/transport/event_loop.hpp"
#include "amend/transport/stop_cause.hpp"
#include "worker_impl.hpp"

namespace amend {
namespace asio = boost::asio;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds reconnect_first{100};
constexpr std::chrono::milliseconds reconnect_max{10'000};

}  // namespace

void Worker::Impl::run() {
  for (auto& lane : lanes_) start_lane(*lane);
  pump_soon_.request();
  run_event_loop(io_, error_);
}

// A server that sends each answer by itself wakes the worker for each, which costs more than the answer does. When
// there is plenty in flight, the next ones are let gather. Nothing is kept from the server by it: it still has enough
// to do.
void Worker::Impl::begin_turn() {
  // Rows may be ready: they go first. And what has come on other connections belongs to the turn that ends.
  if (pump_soon_.requested() || loops_to_turn_-- > 0) return turn_soon_.request();
  let_answers_gather();
  for (Lane* lane : parked_lanes_) lane->timer.cancel();
  parked_lanes_.clear();
}

void Worker::Impl::let_answers_gather() {
  if (finished_ || setup_.control.draining()) return;
  std::size_t in_flight = 0;
  for (const auto& lane : lanes_) {
    if (lane->state == LaneState::opening) return;
    in_flight += lane->session->in_flight();
  }
  const auto wait = gathering_.wait(in_flight, Clock::now());
  if (wait > std::chrono::nanoseconds(0)) std::this_thread::sleep_for(wait);
}

void Worker::Impl::start_lane(Lane& lane) {
  asio::co_spawn(io_, keep_lane(lane), [this](const std::exception_ptr& error) { on_lane_end(error); });
}

void Worker::Impl::on_lane_end(const std::exception_ptr& error) {
  if (!error || error_) return;
  try {
    std::rethrow_exception(error);
  } catch (const ThreadError& no_thread) {
    // The run stops, and all other connections end as they do then.
    setup_.control.stop(StopCause::no_threads, no_thread.what());
  } catch (...) {
    error_ = error;
    io_.stop();
  }
}

asio::awaitable<void> Worker::Impl::keep_lane(Lane& lane) {
  while (!finished_) {
    lane.state = LaneState::asleep;
    lane.solo = Solo::no;
    co_await sleep_until_wanted(lane);
    if (finished_) break;
    const bool opened = co_await open_lane(lane);
    if (opened) co_await serve(lane);
    if (!finished_ && lane.failures > 0) co_await back_off(lane);
  }
}

asio::awaitable<void> Worker::Impl::sleep_until_wanted(Lane& lane) {
  // Rows may have become ready while this connection was on its way down.
  if (!setup_.control.draining() && (has_ready() || !solo_.empty())) pump_soon_.request();
  while (!finished_ && lane.state == LaneState::asleep) {
    lane.timer.expires_at(Clock::time_point::max());
    auto woken = co_await lane.timer.async_wait(token);
    static_cast<void>(woken);
  }
}

// Nothing begins without the thread for the first look-up. Once the API has responded, the lack is a connection that
// fails: a limit that other processes reach for a moment must not stop a long run.
asio::awaitable<Opened> Worker::Impl::open_session(Lane& lane) {
  try {
    Opened opened = co_await lane.session->open();
    co_return opened;
  } catch (const ThreadError& no_thread) {
    if (!setup_.control.ever_answered()) throw;
    co_return Opened(OpenError::unreachable, std::string("the name look-up failed: ") + no_thread.what());
  }
}

asio::awaitable<bool> Worker::Impl::open_lane(Lane& lane) {
  lane.state = LaneState::opening;
  lane.opening_since = Clock::now();
  const Opened opened = co_await open_session(lane);
  if (finished_) {
    lane.session->close();
    co_return false;
  }
  if (opened.error != OpenError::none) {
    setup_.metrics.handshakes_failed.add();
    on_failure(lane, opened.error, opened.text);
    co_return false;
  }
  setup_.metrics.connections_opened.add();
  opening_lead_ =
      std::clamp<std::chrono::nanoseconds>(2 * (Clock::now() - lane.opening_since), opening_lead_min, opening_lead_max);
  lane.state = LaneState::open;
  lane.answered = false;
  lane.ambiguous = false;
  lane.requests = 0;
  lane.connection = ++connections_made_;
  pump();
  co_return true;
}

asio::awaitable<void> Worker::Impl::serve(Lane& lane) {
  for (;;) {
    const Lot lot = co_await lane.session->next();
    const bool closed = lot.closed != CloseCause::open;
    if (closed) lane.state = LaneState::asleep;
    take_lot(lane, lot);
    if (lot.closed == CloseCause::refused && !finished_) {
      const std::string text = lane.session->peer() + ": " + std::string(lot.text);
      on_failure(lane, OpenError::client_certificate_refused, text);
    }
    // One that stood idle and was closed says nothing: it was not asked for anything.
    const bool is_silent = lot.closed != CloseCause::local && lot.closed != CloseCause::refused;
    if (closed && lane.requests > 0 && !lane.answered && is_silent && !finished_) {
      const std::string text = lane.session->peer() + ": connections end without a response: " + std::string(lot.text);
      on_failure(lane, OpenError::broken_off, text);
    }
    pump();
    if (closed) break;
    if (!finished_ && reads_in_turns()) co_await next_turn(lane);
  }
}

// Where the latency of answers is measured, nothing of ours may stand in it; where signatures take their time, answers
// gather behind them.
bool Worker::Impl::reads_in_turns() const noexcept {
  return refill_now() == Refill::in_lots && !signs_one_by_one() && setup_.config.pace.concurrency == Concurrency::full;
}

// What has come meanwhile is read with all that comes until then.
asio::awaitable<void> Worker::Impl::next_turn(Lane& lane) {
  // The loop asks the kernel once in the first time around, and comes past what it heard in the second.
  if (parked_lanes_.empty()) loops_to_turn_ = 2;
  parked_lanes_.push_back(&lane);
  turn_soon_.request();
  lane.timer.expires_at(Clock::time_point::max());
  auto woken = co_await lane.timer.async_wait(token);
  static_cast<void>(woken);
}

// A connection that could not be made, or that ended without one response. Rows wait, but not for ever.
void Worker::Impl::on_failure(Lane& lane, OpenError error, const std::string& text) {
  const auto now = Clock::now();
  const auto patience = connect_patience();
  const auto tried_since = lane.state == LaneState::opening ? lane.opening_since : now;
  const ConnectFailure failure(error, text, tried_since, patience);
  const auto change = setup_.brake.unreachable(failure, now);
  ++lane.failures;
  const bool is_hopeless = setup_.control.ever_answered() ? is_refusal(error) : is_refusal_at_start(error);
  if (is_hopeless || setup_.brake.unreachable_for(now) >= patience)
    return setup_.control.stop(stop_cause_of(error), text);
  if (change == ConnectionTrouble::Change::began)
    setup_.control.notice(begin_notice(setup_.brake.connections().view(now)));
}

void Worker::Impl::on_response(Lane& lane, Clock::time_point now) {
  lane.answered = true;
  lane.failures = 0;
  if (setup_.brake.reached(now) == ConnectionTrouble::Change::ended)
    setup_.control.notice(end_notice(setup_.brake.connections().view(now)));
}

std::chrono::milliseconds Worker::Impl::connect_patience() const noexcept {
  const auto& deadline = setup_.config.deadline;
  return setup_.control.ever_answered() ? deadline.outage : std::min(deadline.first_connect, deadline.outage);
}

// Full jitter, so that the workers of many runs do not come back in one wave.
asio::awaitable<void> Worker::Impl::back_off(Lane& lane) {
  lane.state = LaneState::backing_off;
  const auto shift = std::min<std::uint32_t>(lane.failures, 10) - 1;
  const auto ceiling = std::min(reconnect_max, reconnect_first * (1 << shift));
  const auto wait = std::chrono::milliseconds(entropy_.next() % static_cast<std::uint64_t>(ceiling.count() + 1));
  lane.timer.expires_after(wait);
  setup_.brake.wait_on_purpose(lane.timer.expiry());
  auto waited = co_await lane.timer.async_wait(token);
  static_cast<void>(waited);
}

Worker::Worker(WorkerSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Worker::~Worker() = default;
BatchQueue& Worker::input() noexcept { return impl_->input(); }
void Worker::run() { impl_->run(); }
void Worker::wake() noexcept { impl_->wake(); }
std::uint64_t Worker::rows_dropped() const noexcept { return impl_->rows_dropped(); }
const LatencyHistogram& Worker::service_times() const noexcept { return impl_->service_times(); }
const LatencyHistogram& Worker::queue_times() const noexcept { return impl_->queue_times(); }

// The least busy one: parallel connections hide latency better than a deep pipeline does. In lots: one that has room
// for half of its depth; there is always one soon, for what is in flight comes back.
Worker::Impl::Lane* Worker::Impl::pick_lane(Refill refill) noexcept {
  Lane* best = nullptr;
  const std::size_t in_flight_max =
      refill == Refill::in_lots ? setup_.config.pace.pipeline / 2 : setup_.config.pace.pipeline;
  for (const auto& lane : lanes_in_use()) {
    if (lane->session->in_flight() > in_flight_max) continue;
    if (lane->solo != Solo::no || lane->state != LaneState::open || lane->session->capacity() == 0) continue;
    if (!takes_requests(*lane)) continue;
    if (!best || lane->session->in_flight() < best->session->in_flight()) best = lane.get();
  }
  return best;
}

}  // namespace amend
