// Refusals without a proof that they are the response to their row's request.
//
// A success names its customer; a refusal names no customer. When a server or a proxy sends a surplus response, each
// later response on the connection goes to the wrong row. Only a success shows that. So a refusal ends its row only
// when one of these is true:
//
// | proof                                                                          | then                          |
// |--------------------------------------------------------------------------------|-------------------------------|
// | the row's request is the only one that its connection has carried, and nothing | it ends its row               |
// | else comes on it for a while, or until its end                                 |                               |
// | a later response on the connection is a success for its own customer           | all before it end their rows  |
// | the last three rows, each sent again alone on a fresh connection: the first of |                               |
// | them is refused too                                                            | all before it end their rows  |
//
// A row that failed in all its attempts (5xx, gateway responses) is believed: one surplus response cannot cause that.
// The responses had shifted when a success for another customer comes, when surplus bytes come, or when the row sent
// again is not refused. Then the rows since the last proven response are sent again. They may have been applied, unless
// they are refused again in the same way.
//
// *Threads.* The worker's. *Errors.* What ApiCall throws. *Bounds.* `unproven_max` refusals. *Lifetime.* State and connections outlive
// it. *Source.* src/README.md §3, "Prove a refusal".
#pragma once

#include <vector>

#include "connections.hpp"
#include "worker_state.hpp"

namespace amend {

/// The last unproven rows are sent again, each alone: up to this many surplus responses do no harm.
inline constexpr std::size_t proofs_at_once = 3;

class Quarantine {
 public:
  using time_point = Connection::time_point;

  Quarantine(WorkerState& state, Connections& connections) : state_(state), connections_(connections) {}

  /// Ends the row, and decides a proof that waits for it.
  void end_row(JobNumber number, const Verdict& verdict, wonder::Classification&& classification, time_point now);

  /// Keeps the refusal, which ends its row when it is proved.
  void keep(Connection& connection, JobNumber number, const Verdict& verdict, wonder::Classification&& classification,
            time_point now);
  /// A response on the connection names the customer of its request.
  void note_success(Connection& connection, const RowJob& job, time_point now);
  /// The row is sent again alone. Its response decides for all refusals on the connection.
  void prove_by(Connection& connection, JobNumber number);
  /// No more responses will come on the connection.
  void prove_last(Connection& connection, time_point now);
  /// Handles connections where no later response can prove a refusal, or none has for a while.
  void prove_overdue(time_point now);
  /// The connection has brought a response that belongs to another row.
  void doubt_all(Connection& connection, time_point now);
  /// The run stops: no more requests are sent.
  void end_all(time_point now);

  /// The time at which a connection will have been quiet for long enough.
  time_point due() const noexcept { return due_; }

 private:
  // A row that is sent again alone, and the refusals that its response decides.
  class Proof {
   public:
    Proof(JobNumber job_, std::uint32_t connection_, std::vector<Unproven>&& refusals_)
        : job(job_), connection(connection_), refusals(std::move(refusals_)) {}

    JobNumber job;
    std::uint32_t connection;  // of the refusals
    std::vector<Unproven> refusals;
  };

  void end_proven(std::vector<Unproven>& refusals, time_point now);
  void send_again(std::vector<Unproven>& refusals, time_point now);
  void go_alone(JobNumber number);
  void settle(JobNumber number, wonder::ResponseClass response_class, Verdict::Kind kind, time_point now);
  std::chrono::nanoseconds patience(const Connection& connection) const noexcept;

  WorkerState& state_;
  Connections& connections_;
  std::vector<Proof> proofs_;
  time_point due_ = time_point::max();
};

/// Whether a response with this meaning names the customer of its request.
constexpr bool names_the_customer(wonder::ResponseClass response_class) noexcept {
  using enum wonder::ResponseClass;
  return response_class == success || response_class == card_refused || response_class == guard_mismatch ||
         response_class == next_request || response_class == unchanged || response_class == withheld;
}

}  // namespace amend
