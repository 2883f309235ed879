// Rows to the wire: fetch, key gate, limiter, signer, connection; and how it all ends.
#include <algorithm>
#include <utility>

#include "worker_impl.hpp"

namespace amend {

Worker::Impl::Impl(WorkerSetup setup)
    : setup_(std::move(setup)),
      retry_(setup_.config.retry, setup_.config.deadline.row),
      input_(input_batches_max, [this] { wake(); }),
      jobs_(setup_.connections * setup_.config.pace.pipeline + jobs_waiting_max),
      gate_(jobs_.capacity(), late_customers_max),
      retries_(jobs_.capacity()),
      fresh_(jobs_),
      again_(jobs_),
      solo_(jobs_),
      lot_(setup_.config.pace.pipeline / 2),
      parked_bytes_share_(parked_bytes_max * setup_.connections / setup_.config.pace.connections),
      lanes_allowed_(setup_.connections) {
  parked_lanes_.reserve(lanes_max);
  for (std::uint32_t i = 0; i < setup_.connections; ++i)
    lanes_.push_back(std::make_unique<Lane>(setup_.transport->make_session(io_.get_executor()), io_));
}

// Runs whenever something changed: rows came, an answer came, a timer fired, the run is to stop.
void Worker::Impl::pump() {
  if (finished_) return;
  const auto now = Clock::now();
  limiter_at_ = Clock::time_point::max();
  if (reconnects_ != setup_.control.reconnects()) reconnect();
  if (connections_asked_ != setup_.control.connections()) set_lanes();
  if (lanes_.size() > lanes_allowed_) retire_lanes();
  if (setup_.control.draining()) {
    drain(now);
  } else {
    prove_overdue(now);
    take_due(now);
    fetch();
    dispatch(now);
  }
  show_held_customers();
  report();
  if (drained_input_ && jobs_.in_use() == 0) return finish();
  arm_timer();
}

void Worker::Impl::take_due(Clock::time_point now) {
  budget_at_ = Clock::time_point::min();
  while (!retries_.empty() && retries_.earliest() <= now) {
    if (!may_retry(retries_.first())) {
      budget_at_ = now + budget_look_up;
      break;
    }
    const JobNumber number = retries_.pop();
    prove_before_last(jobs_[number], now);
    line_up(number);
  }
  while (const auto job = gate_.expire(now)) {
    jobs_[*job].waited_for_late = true;
    fresh_.push_back(*job);
  }
}

// One that finds nothing else to do multiplies no load: so a run always ends.
bool Worker::Impl::may_retry(JobNumber number) noexcept {
  if (setup_.brake.budget().take(jobs_[number].retry_cost)) return true;
  if (has_ready() || !solo_.empty()) return false;
  const bool idle = nothing_in_flight();
  if (idle) jobs_[number].retry_cost = 0;  // it was not paid for
  return idle;
}

bool Worker::Impl::nothing_in_flight() const noexcept {
  return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->session->in_flight() == 0; });
}

void Worker::Impl::line_up(JobNumber number) { (jobs_[number].must_go_alone ? solo_ : again_).push_back(number); }

void Worker::Impl::fetch() {
  while (fresh_.size() < rows_per_batch_max && jobs_.free() >= rows_per_batch_max &&
         parked_bytes_ < parked_bytes_share_) {
    const auto batch = input_.try_pop();
    if (!batch) {
      drained_input_ = input_.drained();
      return;
    }
    take_batch(*batch);
  }
}

void Worker::Impl::take_batch(const RowRef& batch) {
  Batch& rows = *batch.batch();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].body.size == 0) continue;  // rejected: the reader has reported it
    const JobNumber number = jobs_.take(RowRef(rows, i));
    if (admit(number)) {
      fresh_.push_back(number);
    } else {
      park(number);  // it may wait long: its batch must not wait with it
    }
  }
}

// False: it waits for an earlier row of its customer, or until what a process before this one has sent is too old to be
// applied.
bool Worker::Impl::admit(JobNumber number) {
  RowJob& job = jobs_[number];
  const std::uint64_t key = job.row->key;
  if (!gate_.admit(number, key)) return false;
  if (!setup_.late || setup_.late->empty()) return true;
  const auto now = Clock::now();
  const auto wall_now = std::chrono::system_clock::now();
  const std::uint64_t row = job.row->position.row;
  const auto own = setup_.late->own_until(key, row);
  // The same request again does no harm.
  if (own > wall_now) job.late_from = now + (own - wall_now) - setup_.config.deadline.answer;
  const auto others = setup_.late->others_until(key, row);
  if (others <= wall_now) return true;
  gate_.release(number, now, now + (others - wall_now));
  return gate_.admit(number, key);
}

// A run that stands still for this is no run that hangs.
void Worker::Impl::show_held_customers() {
  const std::size_t held = gate_.held_keys();
  if (held == held_shown_) return;
  setup_.metrics.customers_held.add(held - held_shown_);  // a difference below 0 wraps around, and so does the sum
  held_shown_ = held;
  if (held == 0 || setup_.config.deadline.answer <= unshown_wait_max) return;
  setup_.control.notice("the next row of a customer waits up to " +
                        std::to_string(setup_.config.deadline.answer.count() / 1000) +
                        " s (--timeout): an earlier request of this customer got no final response. Without the wait, "
                        "the API could apply the earlier request after the newer row");
}

void Worker::Impl::park(JobNumber number) {
  RowJob& job = jobs_[number];
  if (job.parked) return;
  job.row = detach(job.row);
  job.parked = true;
  parked_bytes_ += job.row.batch()->bytes();
}

void Worker::Impl::dispatch(Clock::time_point now) {
  if (const auto until = setup_.brake.standing_until(now); until > now) {
    limiter_at_ = until;
    return;
  }
  wall_clock_ = std::chrono::system_clock::now();
  signatures_left_ = setup_.signer->signatures_per_turn();
  sent_ = false;
  const bool paced = !dispatch_waiting(now);
  for (auto& dirty : lanes_) {
    if (!dirty->dirty) continue;
    dirty->dirty = false;
    dirty->session->flush();
  }
  // There may be more in the input queue than one fetch takes.
  if (!paced && sent_ && !has_ready() && !drained_input_) pump_soon_.request();
}

// False: the pace, or an outage, holds rows back.
bool Worker::Impl::dispatch_waiting(Clock::time_point now) {
  if (probes_by_echo()) {
    dispatch_echo(now);
    return false;
  }
  while (!solo_.empty() && signatures_left_ > 0 && dispatch_solo(now)) --signatures_left_;
  // The canary's rows are judged before further ones go.
  if (unproven_ > 0 && !setup_.brake.canary().over()) return true;
  const Refill refill = refill_now();
  return gathers_lot(refill, now) || dispatch_ready(refill, now);
}

// False: the pace holds rows back.
bool Worker::Impl::dispatch_ready(Refill refill, Clock::time_point now) {
  Lane* lane = nullptr;
  const bool sends_lot = signs_one_by_one() && !lot_.empty();
  while (has_ready()) {
    const bool goes_on = refill == Refill::in_lots && lane && lane->solo == Solo::no && lane->session->capacity() > 0;
    if (!goes_on) lane = pick_lane(refill);
    if (!lane || lane->session->in_flight() > 0) wake_lane_in_time(now);
    if (!lane) return true;
    const bool must_sign = lot_.empty() || lot_.front().is_stale(wall_clock_);
    if (must_sign && (signatures_left_ == 0 || (sends_lot && lot_.empty()))) {
      // Answers must not wait behind more than one signature, and a lot that is complete behind none.
      pump_soon_.request();
      return true;
    }
    if (!may_send(now)) return false;
    if (lot_.empty()) {
      sign(next_row(), lot_.push_back());
    } else if (must_sign) {
      sign(lot_.front().job, lot_.front());
    }
    submit(*lane, lot_.front(), now);
    lot_.pop_front();
    signatures_left_ -= must_sign ? 1 : 0;
  }
  return true;
}

// Where signatures take their time, a lot is signed before it goes out; true: it waits for its next row. Answers must
// not wait for it, so there is one signature a turn while there may be any.
bool Worker::Impl::gathers_lot(Refill refill, Clock::time_point now) {
  if (refill != Refill::in_lots || !signs_one_by_one()) return false;
  if (lot_.empty()) lot_due_ = now + SignedLot::longest;
  const bool answers_may_come = !nothing_in_flight();
  const auto is_to_stop = [&] { return setup_.control.draining(); };
  const auto grows = [&] { return has_unsigned() && !lot_.full() && Clock::now() < lot_due_ && !is_to_stop(); };
  while (signatures_left_ > 0 && grows()) {
    sign(next_row(), lot_.push_back());
    if (answers_may_come) --signatures_left_;
  }
  if (!grows() && !is_to_stop()) return false;
  pump_soon_.request();
  return true;
}

// Those that were sent before go first, unless it looks like an outage.
JobNumber Worker::Impl::next_row() noexcept {
  const Circuit& circuit = setup_.brake.circuit();
  // A row that always fails must not be every probe: the others would wait for it.
  const bool doubtful = circuit.suspects() || circuit.breaks();
  const bool fresh_first = again_.empty() || (!fresh_.empty() && doubtful);
  return fresh_first ? fresh_.pop_front() : again_.pop_front();
}

bool Worker::Impl::may_send(Clock::time_point now) {
  if (setup_.outcomes.full()) {
    limiter_at_ = now + reporter_look_up;
    return false;
  }
  const auto decision = setup_.brake.ask(now, setup_.metrics.in_flight.value());
  if (decision.answer == Brake::Answer::too_fast) {
    if (!pace_waits_) pace_waits_ = now;
  } else if (pace_waits_) {
    setup_.metrics.limiter_wait_ns.add(static_cast<std::uint64_t>((now - *pace_waits_).count()));
    pace_waits_.reset();
  }
  permit_ = decision.permit;
  if (decision.answer != Brake::Answer::go) limiter_at_ = std::min(limiter_at_, decision.at);
  return decision.answer == Brake::Answer::go;
}

// Many requests in one write cost a fraction of what they cost one by one. It must not be waited for where the pace
// lets them go one by one anyhow.
Worker::Impl::Refill Worker::Impl::refill_now() const noexcept {
  const bool in_lots = setup_.brake.unlimited() && setup_.config.pace.pipeline >= lot_depth_min;
  return in_lots ? Refill::in_lots : Refill::at_once;
}

Request Worker::Impl::request_of(const SignedLot::Row& row) noexcept {
  const RowRef& update = jobs_[row.job].row;
  return Request(setup_.call->method(update), row.target, setup_.call->body(update));
}

// What the answer before has shown must not be much older than the answers of the others take to have their turn.
void Worker::Impl::forget_outdated(RowJob& job) {
  if (job.went_on == Clock::time_point{}) return;
  const auto turn = setup_.brake.pace().interval * setup_.brake.in_flight_max() * 2;
  const auto age_max = std::max<std::chrono::nanoseconds>(setup_.config.deadline.answer, turn);
  if (Clock::now() - job.went_on <= age_max) return;
  setup_.call->outdated(job.row);
  job.went_on = {};
}

void Worker::Impl::sign(JobNumber number, SignedLot::Row& row) {
  RowJob& job = jobs_[number];
  forget_outdated(job);
  job.request_id = entropy_.request_id();
  row.job = number;
  row.signed_at = wall_clock_;
  row.target.clear();
  setup_.call->append_target(job.row, row.target);
  row.headers = "X-Request-ID: ";
  row.headers.append(view(job.request_id)).append("\r\n");
  setup_.signer->append_headers(request_of(row), wall_clock_, row.headers);
}

void Worker::Impl::submit(Lane& lane, const SignedLot::Row& row, Clock::time_point now) {
  RowJob& job = jobs_[row.job];
  job.writes = setup_.call->writes(job.row);
  if (job.first_sent == Clock::time_point{}) {
    job.first_sent = row_clock(now);
    job.began = setup_.brake.awake(now);
    queue_times_.record(now - job.row.batch()->sealed_at());
  }
  job.sent = signs_one_by_one() ? Clock::now() : now;  // what a signature takes is not the server's
  ++job.attempts;
  job.permit = std::exchange(permit_, Permit());
  Request request = request_of(row);
  request.tag = row.job;
  request.headers = row.headers;
  lane.session->submit(request);
  ++lane.requests;
  lane.dirty = sent_ = true;
  setup_.metrics.attempts.add();
  setup_.metrics.in_flight.add();
}

// Not while the next request is far off: a server that closes idle connections would close this one, too.
void Worker::Impl::wake_lane_in_time(Clock::time_point now) noexcept {
  const auto at = setup_.brake.earliest(now) - opening_lead_;
  if (at <= now) return wake_lane();
  limiter_at_ = std::min(limiter_at_, at);
}

// Another connection when every open one is busy: connections are made as they are needed, not before.
void Worker::Impl::wake_lane() noexcept {
  for (const auto& lane : lanes_in_use()) {
    const bool idle = lane->state == LaneState::open && lane->session->in_flight() == 0;
    if (idle && lane->solo == Solo::no && lane->session->capacity() > 0 && takes_requests(*lane)) return;
  }
  for (const auto& lane : lanes_in_use()) {
    if (lane->state != LaneState::asleep) continue;
    lane->state = LaneState::opening;
    lane->timer.cancel();
    return;
  }
}

// Nothing has moved for long, and nobody knows why: what waits is given a new connection.
void Worker::Impl::reconnect() {
  reconnects_ = setup_.control.reconnects();
  for (auto& lane : lanes_) {
    if (lane->state == LaneState::backing_off) lane->timer.cancel();
    if (lane->state == LaneState::opening) lane->session->close();
    if (lane->state == LaneState::open && lane->session->in_flight() > 0) lane->session->distrust();
  }
}

std::uint32_t Worker::Impl::connections_share() const noexcept {
  const std::uint32_t all = setup_.control.connections();
  if (all == 0) return setup_.connections;
  return std::max(1U, all / setup_.workers + (setup_.index < all % setup_.workers ? 1 : 0));
}

std::span<const std::unique_ptr<Worker::Impl::Lane>> Worker::Impl::lanes_in_use() const noexcept {
  return std::span(lanes_).first(std::min<std::size_t>(lanes_allowed_, lanes_.size()));
}

// A person wants another number of connections: further ones are made, those too many are not used any more.
void Worker::Impl::set_lanes() {
  connections_asked_ = setup_.control.connections();
  lanes_allowed_ = connections_share();
  while (lanes_.size() < lanes_allowed_) {
    lanes_.push_back(std::make_unique<Lane>(setup_.transport->make_session(io_.get_executor()), io_));
    start_lane(*lanes_.back());
  }
}

void Worker::Impl::retire_lanes() {
  for (std::size_t i = lanes_allowed_; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[i];
    if (lane.state == LaneState::open && lane.session->in_flight() == 0) lane.session->close();
  }
}

void Worker::Impl::arm_timer() {
  auto at = limiter_at_;
  if (!setup_.control.draining()) {
    if (!retries_.empty()) at = std::min(at, std::max(retries_.earliest(), budget_at_));
    at = std::min(at, proof_at_);
    if (const auto expiry = gate_.next_expiry()) at = std::min(at, *expiry);
    tell_own_waits();
  }
  if (drain_until_) at = std::min(at, *drain_until_);
  // One that fires too early costs a look; setting it anew at each look costs more.
  if (at >= timer_at_) return;
  timer_at_ = at;
  timer_.expires_at(at);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    timer_at_ = Clock::time_point::max();
    pump();
  });
}

// They are no stall (--stall).
void Worker::Impl::tell_own_waits() noexcept {
  if (!retries_.empty()) setup_.brake.wait_on_purpose(retries_.earliest());
  if (const auto expiry = gate_.next_expiry()) setup_.brake.wait_on_purpose(*expiry);
}

void Worker::Impl::drop(JobNumber number) {
  if (jobs_[number].parked) parked_bytes_ -= jobs_[number].row.batch()->bytes();
  jobs_.give_back(number);
  ++rows_dropped_;
}

void Worker::Impl::drop_all_waiting() {
  for (JobList* list : {&fresh_, &again_, &solo_})
    while (!list->empty()) drop(list->pop_front());
  while (!lot_.empty()) drop(lot_.pop_front());
  while (!retries_.empty()) drop(retries_.pop());
}

// The run stops: nothing new goes out, what is in flight may come back until the grace time is over. Rows dropped here
// have no record, so they are unsent, and sending them again is right.
void Worker::Impl::drain(Clock::time_point now) {
  if (!drain_until_) drain_until_ = now + setup_.config.deadline.grace;
  while (const auto batch = input_.try_pop()) {
    for (std::uint32_t i = 0; i < batch->batch()->size(); ++i) rows_dropped_ += (*batch->batch())[i].body.size != 0;
  }
  drained_input_ = input_.drained();
  drop_all_waiting();
  std::size_t in_flight = 0;
  for (auto& lane : lanes_) in_flight += lane->session->in_flight();
  if (in_flight > 0) {
    if (now < drain_until_ && !setup_.control.stopping_now()) return;
    drain_until_ = Clock::time_point::max();
    for (auto& lane : lanes_) lane->session->close();  // their last lot drops the rows
    return;
  }
  drain_until_ = Clock::time_point::max();
  end_unproven(now);
  // What is left waits behind a row of its customer.
  for (JobNumber n = 0; n < jobs_.capacity(); ++n)
    if (jobs_[n].row) drop(n);
}

void Worker::Impl::finish() {
  finished_ = true;
  report();
  timer_.cancel();
  for (auto& lane : lanes_) {
    lane->session->close();
    lane->timer.cancel();
  }
  guard_.reset();
}

}  // namespace amend
