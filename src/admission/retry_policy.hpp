// Decides whether and when a row is sent again, and how it ends otherwise.
//
// | the attempt ended with        | while attempts and time are left | else              | applied | load    |
// |-------------------------------|----------------------------------|-------------------|---------|---------|
// | success, next_request         | done⁴                            |                   | yes     | success |
// | unchanged                     | done: unchanged                  |                   | before  | success |
// | card_refused, guard_mismatch  | give up: failed                  |                   | yes     | success |
// | refused, withheld             | give up: failed                  |                   | before¹ | success |
// | credentials                   | give up: failed                  |                   | before  | ignore  |
// | refused, credentials, and a   | retry                            | give up: failed   | before¹ | ignore  |
// | transient, 429                | retry, costs no attempt          | give up: failed³  | before  | dropped |
// | transient, 408                | retry                            | give up: failed   | maybe   | dropped |
// | transient, other below 500    | retry                            | give up: failed   | before  | dropped |
// | transient, 5xx                | retry                            | give up: failed   | maybe   | dropped |
// | unusable, mismatch            | retry                            | give up: unknown  | maybe   | ignore  |
// | gateway, 2xx                  | retry                            | give up: failed   | maybe   | ignore  |
// | gateway, 408, 425, 5xx        | as transient                     |                   |         |         |
// | gateway, other                | retry                            | give up: failed   | before  | ignore  |
// | not_processed                 | retry                            | give up: failed²  | before  | ignore  |
// | closed, protocol              | retry                            | give up: unknown  | maybe   | ignore  |
// | timeout                       | retry                            | give up: unknown  | maybe   | dropped |
//
// "before": maybe if an earlier attempt of the row may have been applied, else no. ¹ maybe after a 5xx. ² unknown if an
// earlier attempt may have been applied. ³ only past the row deadline. ⁴ after next_request: the request is done, not the row.
// A connection that cannot be made ends no attempt: the reconnect back-off limits the load, and rows wait.
//
// The wait before attempt n + 1 is uniform in 0 … min(backoff_max, backoff_first · 2^(n−1)) ("full jitter"). A
// Retry-After, cut to retry_after_max, is its lower bound. A row ends when its next attempt would start after the row
// deadline, which begins at its first send. A Retry-After does not count there, because the whole run waits then.
//
// *Threads.* Any: it has no state. *Errors.* None. *Bounds.* None. *Lifetime.* A value. *Source.* A policy: time and
// random bits are arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "amend/config.hpp"
#include "row/verdict.hpp"

namespace amend::wonder {
enum class ResponseClass : std::uint8_t;
}

namespace amend {

/// How one attempt ended.
class AttemptEnd {
 public:
  enum class Kind : std::uint8_t {
    answered,       ///< a complete response, judged by wonder::judge
    not_processed,  ///< the server closed the connection without processing it (RFC 9112 §9.6)
    closed,         ///< the connection ended before the response was complete
    timeout,        ///< no complete response in time
    protocol,       ///< the received bytes are not a response
  };

  /// A complete response; `retry_after` is the result of `parse_retry_after`.
  static AttemptEnd answered(wonder::ResponseClass response_class, std::uint16_t http,
                             std::optional<std::chrono::milliseconds> retry_after = std::nullopt) noexcept {
    return AttemptEnd(Kind::answered, response_class, http, retry_after);
  }
  /// Any other kind.
  static AttemptEnd without_response(Kind kind) noexcept {
    return AttemptEnd(kind, wonder::ResponseClass{}, 0, std::nullopt);
  }

  Kind kind;
  wonder::ResponseClass response_class;                  ///< only when answered
  std::uint16_t http;                                    ///< only when answered
  std::optional<std::chrono::milliseconds> retry_after;  ///< only when answered

 private:
  AttemptEnd(Kind kind_, wonder::ResponseClass response_class_, std::uint16_t http_,
             std::optional<std::chrono::milliseconds> retry_after_) noexcept
      : kind(kind_), response_class(response_class_), http(http_), retry_after(retry_after_) {}
};

inline constexpr std::uint16_t server_error_min = 500;

/// A 429: it does not count as an attempt of the row.
bool is_throttled(const AttemptEnd& end) noexcept;
/// The request may still be applied by the API or a gateway: no complete response, a gateway response, 408, or a 5xx. A
/// 503 with a Retry-After was not begun.
bool may_be_applied_late(const AttemptEnd& end) noexcept;
/// A 503, or no response in time: the API is overloaded.
bool is_overloaded(const AttemptEnd& end) noexcept;

/// What a row keeps from attempt to attempt.
class RowState {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  RowState(std::uint32_t attempts_, time_point first_sent_, bool applied_maybe_, std::uint32_t throttled_ = 0) noexcept
      : attempts(attempts_), first_sent(first_sent_), applied_maybe(applied_maybe_), throttled(throttled_) {}

  std::uint32_t attempts;   ///< counted attempts, the one that just ended included: ≥ 1
  time_point first_sent;    ///< the start of the first attempt
  bool applied_maybe;       ///< an earlier attempt got Applied::maybe
  std::uint32_t throttled;  ///< earlier 429s, which do not count; they make the next wait longer
};

class RetryPolicy {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `row_deadline`: the time from the first send to the last possible start of an attempt (DeadlineConfig::row).
  RetryPolicy(const RetryConfig& config, std::chrono::milliseconds row_deadline) noexcept
      : config_(config), row_deadline_(row_deadline) {}

  /// The table above. `random`: 64 fresh uniform bits.
  Verdict decide(const AttemptEnd& end, const RowState& state, time_point now, std::uint64_t random) const noexcept;

 private:
  Verdict decide_answered(const AttemptEnd& end, const RowState& state, time_point now,
                          std::uint64_t random) const noexcept;
  Verdict retry_or(Status otherwise, Applied applied, const AttemptEnd& end, const RowState& state, time_point now,
                   std::uint64_t random) const noexcept;
  Verdict retry_throttled(Applied applied, const AttemptEnd& end, const RowState& state, time_point now,
                          std::uint64_t random) const noexcept;
  Verdict retry_in_time(Status otherwise, Applied applied, const AttemptEnd& end, const RowState& state, time_point now,
                        std::chrono::nanoseconds backoff) const noexcept;
  std::chrono::nanoseconds backoff(std::uint32_t attempts, std::uint64_t random) const noexcept;

  RetryConfig config_;
  std::chrono::milliseconds row_deadline_;
};

/// The longest wait that `parse_retry_after` returns: small enough to be added to any clock.
inline constexpr std::chrono::milliseconds retry_after_ceiling = std::chrono::hours(24 * 3650);

/// The wait that a Retry-After field asks for (RFC 9110 §10.2.3): seconds, with a fraction rounded up, or an
/// IMF-fixdate. A date is compared with the response's own Date field, so that a wrong local clock does no harm.
/// Without a usable Date it is compared with `local_time`. nullopt: empty, malformed, negative, or a date in the past.
/// A longer wait is cut to `retry_after_ceiling`.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::string_view date_header,
                                                           std::chrono::system_clock::time_point local_time) noexcept;

}  // namespace amend
