// Refusals that nothing has proved yet to answer the row they came for.
//
// A success names its customer; a refusal names none. When a server or a proxy sends a response twice, or one that no
// request asked for, each response behind it on the connection goes to the wrong row, until a success shows it. So a
// refusal ends its row only when one of these is true:
//
// | proof                                                                          | then                          |
// |--------------------------------------------------------------------------------|-------------------------------|
// | the row's request is the only one that its connection has carried, and nothing | it ends its row               |
// | else comes on it for a while, or until its end                                 |                               |
// | a later response on the connection is a success for its own customer           | all before it end their rows  |
// | the last three rows, each sent again alone on a fresh connection: the first of |                               |
// | them is refused too                                                            | all before it end their rows  |
//
// A row that failed in all its attempts (5xx, gateway responses) is believed: one response too many cannot do that.
// When a success for another customer comes, bytes that no request asked for, or the row sent again is not refused, the
// responses had shifted: the rows since the last proven response are sent again. They may have been applied, unless they
// are refused again in the same way.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "amend/row/verdict.hpp"
#include "amend/wonder/answer.hpp"
#include "job_table.hpp"

namespace amend {

/// Unproven refusals of one connection, and of one worker: then no request is sent before some of them are proved.
inline constexpr std::size_t unproven_per_connection_max = 256;
inline constexpr std::size_t unproven_max = 2048;
/// Rows at the end of the unproven ones that are sent again, each alone: up to this many surplus responses do no harm.
inline constexpr std::size_t proofs_at_once = 3;
/// How long a connection without a request in flight is watched for a response too many before a row is sent again.
inline constexpr std::chrono::milliseconds surplus_wait{100};
/// The same while the next request on it is only a matter of time; at slow rates two intervals.
inline constexpr std::chrono::milliseconds proof_patience{1'000};

/// A refusal that has not ended its row yet.
class Unproven {
 public:
  Unproven(JobNumber job_, const Verdict& verdict_, wonder::Judgement&& judgement_)
      : job(job_), verdict(verdict_), judgement(std::move(judgement_)) {}

  JobNumber job;
  Verdict verdict;
  wonder::Judgement judgement;
};

/// A row that is sent again alone, and the refusals that stand or fall with what comes of it.
class Proof {
 public:
  Proof(JobNumber job_, std::uint32_t connection_, std::vector<Unproven>&& refusals_)
      : job(job_), connection(connection_), refusals(std::move(refusals_)) {}

  JobNumber job;
  std::uint32_t connection;  ///< on which the refusals came
  std::vector<Unproven> refusals;
};

/// Whether a response with this meaning names the customer that was asked for.
constexpr bool names_the_customer(wonder::Meaning meaning) noexcept {
  using wonder::Meaning;
  switch (meaning) {
    case Meaning::success:
    case Meaning::card_refused:
    case Meaning::guard_mismatch:
    case Meaning::go_on:
    case Meaning::unchanged:
    case Meaning::withheld: return true;
    default: return false;
  }
}

/// Whether a response with this meaning ends its row whatever the number of its attempts.
constexpr bool is_final_refusal(wonder::Meaning meaning) noexcept {
  return meaning == wonder::Meaning::refused || meaning == wonder::Meaning::credentials;
}

}  // namespace amend
