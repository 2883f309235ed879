// What happens with a row after an attempt: the meaning of the response and the retry policy in one value. Layer 0.
#pragma once

#include <chrono>
#include <cstdint>

#include "amend/error.hpp"
#include "amend/row/outcome.hpp"

namespace amend {

class Verdict {
 public:
  enum class Kind : std::uint8_t {
    done,     ///< the row ends with `status`, success or unchanged
    retry,    ///< another attempt, not before `retry_at`
    give_up,  ///< the row ends with `status`
  };
  using time_point = std::chrono::steady_clock::time_point;

  static Verdict done() noexcept { return Verdict(Kind::done, Status::success, Applied::yes, {}); }
  /// The row needs no request: it ends unchanged.
  static Verdict leave() noexcept { return Verdict(Kind::done, Status::unchanged, Applied::no, {}); }
  static Verdict retry(Applied applied, time_point at) noexcept {
    return Verdict(Kind::retry, Status::unknown, applied, at);
  }
  static Verdict give_up(Status status, Applied applied) noexcept {
    return Verdict(Kind::give_up, status, applied, {});
  }

  /// The same verdict after a request that changes nothing: `before` says what earlier requests may have applied.
  Verdict of_a_read(Applied before) const noexcept {
    Verdict out = *this;
    if (kind == Kind::done) return out;
    out.applied = before;
    if (kind == Kind::give_up && before == Applied::no) out.status = Status::failed;
    return out;
  }

  Kind kind;
  Status status;        ///< the row's final status; meaningless when it is retried
  Applied applied;      ///< of this attempt and all before it; of a retry: the row keeps `maybe`
  time_point retry_at;  ///< only of a retry

 private:
  Verdict(Kind kind_, Status status_, Applied applied_, time_point retry_at_) noexcept
      : kind(kind_), status(status_), applied(applied_), retry_at(retry_at_) {}
};

}  // namespace amend
