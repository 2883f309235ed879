// Reads the server's rate-limit fields: how fast the run may send, and whether it must stop for a while.
//
// It is called for a response whose `Response::has_rate_fields` is set. It does not read a Retry-After, which takes
// precedence: the caller reads it (`parse_retry_after`).
//
// The first of these that asks for anything is used, and later ones are not read:
//
//   RateLimit, RateLimit-Policy                          draft-ietf-httpapi-ratelimit-headers-10, RFC 9651
//   RateLimit-Limit, -Remaining, -Reset                  the drafts before 07
//   X-RateLimit-Limit, -Remaining, -Reset                custom
//   X-Rate-Limit-Limit, -Remaining, -Reset               custom
//
// What the fields contain, and what follows from it; of several, the strictest counts:
//
//   | field                                                  | result                                              |
//   |--------------------------------------------------------|-----------------------------------------------------|
//   | q requests per window of w seconds                     | interval w / q, for w                               |
//   | r requests left for t seconds, more than are in flight | interval t / (r − in flight), for t                 |
//   | r left for t seconds, no more than are in flight       | wait t                                              |
//   | t = 0                                                  | nothing: the window is over                         |
//   | r without t                                            | nothing; r = 0: wait w of the policy of that name   |
//   | a policy that does not count requests (qu)             | nothing, also for the r of that name                |
//   | q = 0                                                  | the longest interval                                |
//   | an older Limit "100, 100;w=60"                         | each number with a w is a policy: 100 per minute    |
//   | an older Remaining and Reset, both                     | r and t                                             |
//   | a Reset above 1,000,000,000                            | seconds since the epoch, by the response's Date;    |
//   |                                                        | from 1,000,000,000,000 on milliseconds              |
//
// A partition key (pk) is not read: the fields concern the requests of this run, which are all alike.
//
// A malformed field is ignored as a whole. These are malformed: all that RFC 9651 refuses (also 16 digits); a name that
// is not a String (also a Token, which the draft does not allow); a number that is missing, negative, not an Integer,
// or 0 for w; an older Remaining or Reset that is not one number; a Reset since the epoch without a usable Date. Of
// each field the first `server_policies_max` policies count. Further ones are checked and skipped.
//
// *Threads.* Any. *Errors.* None. *Bounds.* The constants below; no allocation. *Lifetime.* Functions. *Source.* A
// policy without a clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amend {

/// No server slows the run down to a longer interval.
inline constexpr std::chrono::seconds server_interval_max{60};
/// No server's window stops the run for longer. The caller may cut it further.
inline constexpr std::chrono::minutes server_wait_max{5};
/// No rate limit of a server is kept for longer after the last response that asked for it.
inline constexpr std::chrono::hours rate_hints_valid_max{1};
inline constexpr std::size_t server_policies_max = 32;

class RateHints {
 public:
  RateHints() = default;
  bool operator==(const RateHints&) const = default;

  /// The least time between two requests of the whole run: 1 ns … `server_interval_max`; nullopt: no limit.
  std::optional<std::chrono::nanoseconds> interval;
  /// How long `interval` applies after this response, `wait` included; at most `rate_hints_valid_max`.
  std::chrono::milliseconds valid_for{0};
  /// No request is sent for this time after the response; at most `server_wait_max`. 0: no wait.
  std::chrono::milliseconds wait{0};
};

/// Applies the table above. `head`: the field lines of one response (`Response::head`). `date`: its Date field.
/// `in_flight`: the requests of the whole run that are sent and unanswered. They reduce the remaining number.
RateHints read_rate_hints(std::string_view head, std::string_view date, std::uint64_t in_flight) noexcept;

}  // namespace amend
