// Whether a row is sent again, when, and how it ends when it is not.
//
// Place: layer 1, pure (time and randomness are handed in). Used by every worker; stateless, so one may be shared.
//
// | the attempt ended with        | while attempts and time are left | else              | applied | load    |
// |-------------------------------|----------------------------------|-------------------|---------|---------|
// | success, go_on                | done⁴                            |                   | yes     | success |
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
// "before": maybe when an earlier attempt of the row was, else no. ¹ maybe after a 5xx. ² unknown when an earlier
// attempt may have been applied. ³ only past the row deadline. A connection that cannot be made ends no attempt: the
// reconnect back-off limits the load there, and rows wait. ⁴ With this request, not with the row, after go_on.
//
// The wait before attempt n + 1 is uniform in 0 … min(backoff_max, backoff_first · 2^(n−1)) ("full jitter"); a
// Retry-After, cut to retry_after_max, is its lower bound. A row whose next attempt would start later than the row
// deadline after its first send is given up; a Retry-After does not count there, for the whole run waits then.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "amend/config.hpp"
#include "row/verdict.hpp"

namespace amend::wonder {
enum class Meaning : std::uint8_t;
}

namespace amend {

/// How one attempt ended.
class AttemptEnd {
 public:
  enum class Kind : std::uint8_t {
    answered,       ///< a complete answer, judged by wonder::judge
    not_processed,  ///< sent, and the server said that it closes without processing it (RFC 9112 §9.6)
    closed,         ///< the connection ended before the answer was complete
    timeout,        ///< no complete answer in time
    protocol,       ///< the bytes received are not an answer
  };

  /// A complete answer; `retry_after` as `parse_retry_after` read it.
  static AttemptEnd answered(wonder::Meaning meaning, std::uint16_t http,
                             std::optional<std::chrono::milliseconds> retry_after = std::nullopt) noexcept {
    return AttemptEnd(Kind::answered, meaning, http, retry_after);
  }
  /// Any other kind.
  static AttemptEnd without_answer(Kind kind) noexcept { return AttemptEnd(kind, wonder::Meaning{}, 0, std::nullopt); }

  Kind kind;
  wonder::Meaning meaning;                               ///< only when answered
  std::uint16_t http;                                    ///< only when answered
  std::optional<std::chrono::milliseconds> retry_after;  ///< only when answered

 private:
  AttemptEnd(Kind kind_, wonder::Meaning meaning_, std::uint16_t http_,
             std::optional<std::chrono::milliseconds> retry_after_) noexcept
      : kind(kind_), meaning(meaning_), http(http_), retry_after(retry_after_) {}
};

inline constexpr std::uint16_t server_error_min = 500;

/// A 429: it costs the row no attempt.
bool is_throttled(const AttemptEnd& end) noexcept;
/// The API, or what is before it, may have let go of the request and may still apply it: no complete response, a
/// response that is not the API's word on this row, 408, or a 5xx. A 503 with a Retry-After was not begun.
bool may_be_applied_late(const AttemptEnd& end) noexcept;
/// A 503, or no answer in time: the API has too much to do.
bool is_overloaded(const AttemptEnd& end) noexcept;

/// What a row remembers from attempt to attempt.
class RowState {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  RowState(std::uint32_t attempts_, time_point first_sent_, bool applied_maybe_, std::uint32_t throttled_ = 0) noexcept
      : attempts(attempts_), first_sent(first_sent_), applied_maybe(applied_maybe_), throttled(throttled_) {}

  std::uint32_t attempts;   ///< that count, the one that just ended included: ≥ 1
  time_point first_sent;    ///< the start of the first attempt
  bool applied_maybe;       ///< an earlier attempt got Applied::maybe
  std::uint32_t throttled;  ///< 429s before, which cost nothing; they make the wait after the next one longer
};

class RetryPolicy {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `row_deadline`: first send → last attempt may start (DeadlineConfig::row).
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

/// The longest wait that `parse_retry_after` tells: small enough to be added to any clock.
inline constexpr std::chrono::milliseconds retry_after_ceiling = std::chrono::hours(24 * 3650);

/// How long a Retry-After field asks to wait (RFC 9110 §10.2.3): seconds, a fraction of one rounded up, or an
/// IMF-fixdate. A date is measured against the response's own Date field, so that a local clock that is wrong does no
/// harm; without a usable one, against `local_time`. nullopt: empty, garbage, negative, or a date in the past. Longer
/// than `retry_after_ceiling`: that.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::string_view date_header,
                                                           std::chrono::system_clock::time_point local_time) noexcept;

}  // namespace amend
