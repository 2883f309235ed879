// Turns responses, losses and failures of connections into verdicts. A verdict ends a row or sends it again.
//
// *Threads.* The worker's. *Errors.* What ApiCall and Entropy throw. *Bounds.* Those of the job table. *Lifetime.* State,
// connections and quarantine outlive it. *Source.* src/README.md §3; RetryPolicy decides what follows an attempt.
#pragma once

#include "connections.hpp"
#include "quarantine.hpp"
#include "response_gathering.hpp"
#include "worker_state.hpp"

namespace amend {

class ResponseHandler {
 public:
  using Clock = WorkerState::Clock;

  ResponseHandler(WorkerState& state, Connections& connections, Quarantine& quarantine)
      : state_(state), connections_(connections), quarantine_(quarantine) {}

  void take_batch(Connection& connection, const Received& received, Clock::time_point now);
  /// The connection could not be opened, ended before any response, or its client certificate was refused.
  void take_failure(Connection& connection, OpenError error, const std::string& text, Clock::time_point now);

  ResponseGathering gathering;

 private:
  void take_responses(Connection& connection, const Received& received, Clock::time_point now);
  bool take_response(Connection& connection, const TaggedResponse& answer, Clock::time_point now);
  void take_echo_response(const Response& response, Clock::time_point now);
  void take_end(Connection& connection, const Received& received, Clock::time_point now);
  void take_losses(const Received& received, Clock::time_point now);
  void note_response(Connection& connection, const Received& received, Clock::time_point now);
  void lose(JobNumber number, const Received& received, Clock::time_point now);
  void requeue_free(JobNumber number, const Received& received, Clock::time_point now);
  void conclude(Connection* connection, JobNumber number, const AttemptEnd& end,
                wonder::Classification&& classification, Clock::time_point now);
  void retry(JobNumber number, const AttemptEnd& end, const Verdict& verdict, Clock::time_point now);
  void record_end(RowJob& job, const AttemptEnd& end, Clock::time_point now);
  void send_next_request(JobNumber number, const AttemptEnd& end, Clock::time_point now);
  void obey_server(const Response& response, const AttemptEnd& end, Clock::time_point now);
  void obey_retry_after(std::chrono::milliseconds wait, Clock::time_point now);
  Verdict last_verdict(const RowJob& job, const AttemptEnd& end, Clock::time_point now) const noexcept;

  WorkerState& state_;
  Connections& connections_;
  Quarantine& quarantine_;
};

}  // namespace amend
