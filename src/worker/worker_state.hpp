// The common state of a worker's machines: its setup and its rows. It decides how a row waits, ends or is dropped.
//
// *Threads.* The worker's; the histograms may be read by any. *Errors.* None of its own. *Bounds.* The job table: each
// row that the worker contains has a place in it. *Lifetime.* Outlives the machines. *Source.* src/README.md §1.
#pragma once

#include <chrono>
#include <vector>

#include "admission/retry_policy.hpp"
#include "job_table.hpp"
#include "queue/key_gate.hpp"
#include "worker/entropy.hpp"
#include "worker/worker.hpp"

namespace amend {

/// The echo call as a probe.
class EchoProbe {
 public:
  bool is_out = false;
  Permit permit;
  std::chrono::steady_clock::time_point sent{};
  std::string headers;
  wonder::ResponseClassifier classify;
  std::uint32_t refused_in = 0;  ///< CircuitBreaker::streak() when the API had no such call; 0: never
};

class WorkerState : public WorkerSetup {
 public:
  using Clock = std::chrono::steady_clock;

  explicit WorkerState(WorkerSetup setup);

  bool has_unsigned() const noexcept { return !again.empty() || !fresh.empty(); }
  bool has_ready() const noexcept { return has_unsigned() || !signed_requests.empty(); }
  bool has_waiting() const noexcept { return has_ready() || !alone.empty(); }
  bool signs_one_by_one() const noexcept { return signer->signatures_per_turn() == 1; }
  Clock::time_point row_clock(Clock::time_point now) const noexcept { return admission.clock().at(now); }
  /// Rows of the run that have not ended; a very large number while there is more to read.
  std::uint64_t rows_left() const noexcept;
  bool echo_is_usable() const noexcept { return echo.is_there() && probe.refused_in != admission.circuit().streak(); }

  /// The row waits with a copy of its own, so that its batch does not wait with it.
  void park(JobNumber number);
  void line_up(JobNumber number) { (jobs[number].must_go_alone ? alone : again).push_back(number); }
  bool may_requeue_free(const RowJob& job, Clock::time_point now) const noexcept;
  /// The row is sent again. The attempt was not its fault and does not count.
  void requeue(JobNumber number);
  /// The row has no record, so it is unsent.
  void drop(JobNumber number);
  void end_row(JobNumber number, const Verdict& verdict, wonder::Classification&& classification,
               Clock::time_point now);

  RetryPolicy retry_policy;
  Entropy entropy;
  JobTable jobs;
  KeyGate gate;
  RetryHeap retries;
  JobList fresh;  ///< never sent
  JobList again;  ///< sent before: first in line
  JobList alone;  ///< to be sent alone on a connection
  SignedRequests signed_requests;
  EchoProbe probe;
  std::vector<Outcome> ended;                          ///< not pushed yet
  std::chrono::system_clock::time_point wall_clock{};  ///< of the responses or of the dispatch under way
  bool input_drained = false;
  bool finished = false;    ///< all rows have left
  bool look_again = false;  ///< there is more work after the available responses have been read
  std::size_t parked_bytes = 0;
  std::uint64_t rows_dropped = 0;
  LatencyHistogram service_times;
  LatencyHistogram queue_times;

 private:
  Clock::time_point late_until(const RowJob& job) const noexcept;
  void judge_canary(const Outcome& outcome);
};

/// Whether a response with this meaning ends its row whatever the number of its attempts.
constexpr bool is_final_refusal(wonder::ResponseClass response_class) noexcept {
  return response_class == wonder::ResponseClass::refused || response_class == wonder::ResponseClass::credentials;
}

}  // namespace amend
