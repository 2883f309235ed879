// The worker's inside. Five files: worker_dispatch.cpp brings rows to the wire, worker_answers.cpp turns what comes
// back into outcomes, worker_proof.cpp decides which refusals are believed, worker_outage.cpp when rows wait and when
// the run stops for what came, worker_lanes.cpp keeps the connections. All on the worker's thread.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <optional>
#include <span>

#include "amend/queue/batch_pool.hpp"
#include "amend/queue/key_gate.hpp"
#include "amend/worker/entropy.hpp"
#include "amend/worker/retry_policy.hpp"
#include "amend/worker/worker.hpp"
#include "answer_gathering.hpp"
#include "job_table.hpp"
#include "signed_lot.hpp"
#include "unproven.hpp"
#include "wake_up.hpp"

namespace amend {

/// Batches that may stand in a worker's input queue.
inline constexpr std::size_t input_batches_max = 8;
/// Connections of one worker, however many a person asks for.
inline constexpr std::size_t lanes_max = 256;
/// A pipeline of at least this depth is refilled in lots: when half of it has been answered.
inline constexpr std::uint32_t lot_depth_min = 16;
/// How soon a worker looks again whether the reporter has caught up.
inline constexpr std::chrono::microseconds reporter_look_up{500};
/// How soon a retry asks again for what the budget did not hold.
inline constexpr std::chrono::milliseconds budget_look_up{50};
/// Customers whose last request may be applied late and that have no further row at hand. Beyond them all that come
/// wait.
inline constexpr std::uint32_t late_customers_max = 16'384;
/// A wait of a customer's next row that is longer than this is shown.
inline constexpr std::chrono::seconds unshown_wait_max{5};
/// A connection is opened so long before it is needed: twice what the last one took, within these bounds.
inline constexpr std::chrono::milliseconds opening_lead_min{50};
inline constexpr std::chrono::milliseconds opening_lead_max{1'000};
/// How long a row that failed in an outage waits at least before it is a probe again.
inline constexpr std::chrono::milliseconds outage_turn{500};
/// A worker without an untried row lets those of the others be the probe for so long, before it asks by the echo call.
inline constexpr std::chrono::milliseconds echo_patience{100};
/// A row is handed back free of charge so often at most, and only within the row deadline; then each lost connection
/// costs it an attempt.
inline constexpr std::uint32_t free_requeues_max = 64;

class Worker::Impl {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Impl(WorkerSetup setup);

  BatchQueue& input() noexcept { return input_; }
  void run();
  void wake() noexcept { pump_soon_.request(); }
  std::uint64_t rows_dropped() const noexcept { return rows_dropped_; }
  const LatencyHistogram& service_times() const noexcept { return service_times_; }
  const LatencyHistogram& queue_times() const noexcept { return queue_times_; }

 private:
  enum class LaneState : std::uint8_t { asleep, opening, backing_off, open };
  enum class Solo : std::uint8_t { no, reserved, running };
  enum class Refill : std::uint8_t { at_once, in_lots };

  // What follows for a row behind an attempt that did not succeed.
  enum class Next : std::uint8_t {
    retry,
    wait,      // in an outage, as a probe; the attempt does not count
    end,       // as the retry policy says
    end_late,  // because it has waited for too long
  };

  // One connection and the coroutine that keeps it.
  class Lane {
   public:
    Lane(std::unique_ptr<Session> session_, boost::asio::io_context& io) : session(std::move(session_)), timer(io) {}
    std::unique_ptr<Session> session;
    boost::asio::steady_timer timer;  ///< sleeping and the end of a turn (both until cancelled), and back-off
    LaneState state = LaneState::asleep;
    Solo solo = Solo::no;
    bool dirty = false;                  ///< something was submitted and not flushed
    std::uint32_t connection = 0;        ///< tells the connections of the worker apart
    std::uint32_t requests = 0;          ///< given to this connection
    std::vector<Unproven> unproven;      ///< refusals on this connection since its last proven response
    Clock::time_point unproven_since{};  ///< when the last of them came
    Clock::time_point proven{};          ///< when a response came last that was its request's for certain
    bool ambiguous = false;              ///< a success behind it may have been an earlier attempt's
    bool answered = false;               ///< the same: an answer came
    std::uint32_t failures = 0;          ///< connections in a row that brought no answer
    Clock::time_point opening_since{};
  };

  // The echo call as a probe.
  class Echo {
   public:
    bool is_out = false;
    Permit permit;
    Clock::time_point sent{};
    SignedLot::Row row;            ///< its target stays empty
    std::uint32_t refused_in = 0;  ///< Circuit::streak() when there was no such call; 0: never
  };

  // worker_dispatch.cpp
  void pump();
  void take_due(Clock::time_point now);
  bool may_retry(JobNumber number) noexcept;
  bool nothing_in_flight() const noexcept;
  void line_up(JobNumber number);
  void fetch();
  void take_batch(const RowRef& batch);
  bool admit(JobNumber number);
  void show_held_customers();
  void park(JobNumber number);
  void dispatch(Clock::time_point now);
  bool dispatch_waiting(Clock::time_point now);
  bool dispatch_ready(Refill refill, Clock::time_point now);
  bool gathers_lot(Refill refill, Clock::time_point now);
  bool may_send(Clock::time_point now);
  JobNumber next_row() noexcept;
  Clock::time_point row_clock(Clock::time_point now) const noexcept { return setup_.brake.clock().at(now); }
  Refill refill_now() const noexcept;
  Lane* pick_lane(Refill refill) noexcept;
  bool has_unsigned() const noexcept { return !again_.empty() || !fresh_.empty(); }
  bool has_ready() const noexcept { return has_unsigned() || !lot_.empty(); }
  bool signs_one_by_one() const noexcept { return setup_.signer->signatures_per_turn() == 1; }
  Request request_of(const SignedLot::Row& row) noexcept;
  void forget_outdated(RowJob& job);
  void sign(JobNumber number, SignedLot::Row& row);
  void submit(Lane& lane, const SignedLot::Row& row, Clock::time_point now);
  void wake_lane_in_time(Clock::time_point now) noexcept;
  void wake_lane() noexcept;
  void reconnect();
  void set_lanes();
  void retire_lanes();
  std::uint32_t connections_share() const noexcept;
  std::span<const std::unique_ptr<Lane>> lanes_in_use() const noexcept;
  void arm_timer();
  void tell_own_waits() noexcept;
  void drop(JobNumber number);
  void drain(Clock::time_point now);
  void drop_all_waiting();
  void finish();

  // worker_answers.cpp
  void take_lot(Lane& lane, const Lot& lot);
  bool take_answer(Lane& lane, const Answer& answer, Clock::time_point now);
  void take_loss(const Lot& lot, Clock::time_point now);
  void lose(JobNumber number, CloseCause cause, std::string_view text, Clock::time_point now);
  void requeue_free(JobNumber number, CloseCause cause, std::string_view text, Clock::time_point now);
  void conclude(Lane* lane, JobNumber number, const AttemptEnd& end, wonder::Judgement&& judgement,
                Clock::time_point now);
  void record_end(RowJob& job, const AttemptEnd& end, Clock::time_point now);
  Clock::time_point sent_at(JobNumber tag) const noexcept;
  void return_permit(RowJob& job, Clock::time_point now);
  void go_on(JobNumber number, const AttemptEnd& end, Clock::time_point now);
  void obey_server(const Response& response, const AttemptEnd& end, Clock::time_point now);
  void obey_retry_after(std::chrono::milliseconds wait, Clock::time_point now);
  void end_row(JobNumber number, const Verdict& verdict, wonder::Judgement&& judgement, Clock::time_point now);
  void judge_canary(const Outcome& outcome);
  void release(JobNumber number, Clock::time_point now);
  Clock::time_point late_until(const RowJob& job) const noexcept;
  void report();

  // worker_outage.cpp
  void look_at_refusals(const Response& response, const AttemptEnd& end, const wonder::Judgement& judgement,
                        std::uint64_t row, Clock::time_point sent);
  std::string refused_credentials(const Response& response, const wonder::Judgement& judgement) const;
  std::uint64_t rows_left() const noexcept;
  Next next_step(RowJob& job, const AttemptEnd& end, const Verdict& verdict, Clock::time_point now);
  bool has_waited_out(const AttemptEnd& end, std::chrono::nanoseconds waited) const;
  void stop_for_outage(std::chrono::nanoseconds lasted);
  Verdict last_word(const RowJob& job, const AttemptEnd& end, Clock::time_point now) const noexcept;
  void prove_before_last(const RowJob& job, Clock::time_point now);
  void wait_out(JobNumber number, Clock::time_point now);
  void note_outage(Clock::time_point due, Clock::time_point now);
  void wait_until(JobNumber number, Clock::time_point due, Clock::time_point now);
  void report_change(Circuit::Change change);
  bool echo_is_usable() const noexcept;
  bool probes_by_echo() const noexcept;
  void dispatch_echo(Clock::time_point now);
  void sign_echo();
  void take_echo(const Response& response, Clock::time_point now);
  void end_echo(Circuit::Result result, Clock::time_point now);
  // worker_proof.cpp
  bool proves(const Lane& lane, const RowJob& job) const noexcept;
  bool is_believed(const RowJob& job, const AttemptEnd& end) const noexcept;
  void note_success(Lane& lane, const RowJob& job, Clock::time_point now);
  void keep_unproven(Lane& lane, JobNumber number, const Verdict& verdict, wonder::Judgement&& judgement,
                     Clock::time_point now);
  void end_proven(std::vector<Unproven>& refusals, Clock::time_point now);
  void send_again(std::vector<Unproven>& refusals, Clock::time_point now);
  bool may_requeue_free(const RowJob& job, Clock::time_point now) const noexcept;
  void requeue(JobNumber number);
  void prove_by(Lane& lane, JobNumber number);
  void go_alone(JobNumber number);
  void prove_last(Lane& lane, Clock::time_point now);
  void prove_overdue(Clock::time_point now);
  std::chrono::nanoseconds proof_wait(const Lane& lane) const noexcept;
  bool takes_requests(const Lane& lane) const noexcept;
  void settle_proof(JobNumber number, bool refused, Clock::time_point now);
  void doubt_all(Lane& lane, Clock::time_point now);
  void end_unproven(Clock::time_point now);
  bool dispatch_solo(Clock::time_point now);
  void open_fresh_lane();

  // worker_lanes.cpp
  void start_lane(Lane& lane);
  bool reads_in_turns() const noexcept;
  void begin_turn();
  void let_answers_gather();
  boost::asio::awaitable<void> next_turn(Lane& lane);
  boost::asio::awaitable<void> keep_lane(Lane& lane);
  boost::asio::awaitable<void> sleep_until_wanted(Lane& lane);
  boost::asio::awaitable<Opened> open_session(Lane& lane);
  boost::asio::awaitable<bool> open_lane(Lane& lane);
  boost::asio::awaitable<void> serve(Lane& lane);
  boost::asio::awaitable<void> back_off(Lane& lane);
  void on_failure(Lane& lane, OpenError error, const std::string& text);
  void on_response(Lane& lane, Clock::time_point now);
  std::chrono::milliseconds connect_patience() const noexcept;
  void on_lane_end(const std::exception_ptr& error);

  WorkerSetup setup_;
  RetryPolicy retry_;
  WakeUp pump_soon_{io_, [this] { pump(); }};
  WakeUp turn_soon_{io_, [this] { begin_turn(); }};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
  BatchQueue input_;
  boost::asio::steady_timer timer_{io_};
  Clock::time_point timer_at_ = Clock::time_point::max();
  Clock::time_point limiter_at_ = Clock::time_point::max();
  Clock::time_point budget_at_ = Clock::time_point::min();  ///< when a retry that is due is looked at again

  AnswerGathering gathering_;
  std::vector<Lane*> parked_lanes_;  ///< they read again when the turn is over
  int loops_to_turn_ = 0;            ///< so often the event loop goes round before
  Entropy entropy_;
  JobTable jobs_;
  KeyGate gate_;
  RetryHeap retries_;
  JobList fresh_;  ///< never sent
  JobList again_;  ///< sent before: first in line
  JobList solo_;   ///< to be sent alone on a connection
  SignedLot lot_;
  Clock::time_point lot_due_{};  ///< of the lot that is there; it goes then, or as soon as a connection has room
  SignedLot::Row solo_row_;
  Echo echo_;
  wonder::AnswerJudge echo_judge_;
  std::size_t signatures_left_ = 0;  ///< in this turn; those made while nothing is in flight are free
  bool sent_ = false;                ///< in this turn
  const std::size_t parked_bytes_share_;
  std::size_t parked_bytes_ = 0;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Outcome> outcomes_;

  std::chrono::system_clock::time_point wall_clock_{};     ///< of the answers or of the dispatch under way
  Permit permit_;                                          ///< that the next request sent is allowed by
  std::optional<Clock::time_point> pace_waits_;            ///< since when rows that are ready wait for the pace
  std::vector<Proof> proofs_;                              ///< under way
  std::size_t unproven_ = 0;                               ///< refusals on all connections and in proofs
  Clock::time_point proof_at_ = Clock::time_point::max();  ///< when a connection has been quiet for long enough
  std::uint32_t connections_made_ = 0;
  std::size_t held_shown_ = 0;  ///< of this worker, in the metrics
  std::chrono::nanoseconds opening_lead_{opening_lead_min};
  std::uint32_t reconnects_ = 0;         ///< of those asked for, done
  std::uint32_t connections_asked_ = 0;  ///< of the whole run, as last looked at
  std::uint32_t lanes_allowed_ = 0;
  bool drained_input_ = false;
  bool finished_ = false;
  std::optional<Clock::time_point> drain_until_;
  std::exception_ptr error_;
  std::uint64_t rows_dropped_ = 0;
  LatencyHistogram service_times_;
  LatencyHistogram queue_times_;
};

}  // namespace amend
