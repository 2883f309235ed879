// What the server's rate-limit fields ask of the run: how fast, and whether to stop for a while.
//
// Place: layer 1, pure: no clock, no allocation; any thread. Called for an answer whose `Response::has_rate_fields` is
// set. A Retry-After is not read here: it wins (`parse_retry_after`), and that is the caller's business.
//
// The first of these that asks for anything is used, and those after it are not looked at:
//
//   RateLimit, RateLimit-Policy                          draft-ietf-httpapi-ratelimit-headers-10, RFC 9651
//   RateLimit-Limit, -Remaining, -Reset                  the drafts before 07
//   X-RateLimit-Limit, -Remaining, -Reset                custom
//   X-Rate-Limit-Limit, -Remaining, -Reset               custom
//
// What they say, and what is made of it; of several, the strictest counts:
//
//   | said                                                   | asked                                               |
//   |--------------------------------------------------------|-----------------------------------------------------|
//   | q requests a window of w seconds                       | interval w / q, for w                               |
//   | r requests left for t seconds, more than are in flight | interval t / (r − in flight), for t                 |
//   | r left for t seconds, no more than are in flight       | wait t                                              |
//   | t = 0                                                  | nothing: the window is over                         |
//   | r without t                                            | nothing; r = 0: wait w of the policy of that name   |
//   | a policy that does not count requests (qu)             | nothing, nor does the r of that name                |
//   | q = 0                                                  | the slowest pace there is                           |
//   | an older Limit "100, 100;w=60"                         | each number with a w is a policy: 100 a minute      |
//   | an older Remaining and Reset, both                     | r and t                                             |
//   | a Reset above 1,000,000,000                            | seconds since the epoch, against the answer's Date; |
//   |                                                        | from 1,000,000,000,000 on milliseconds              |
//
// A partition key (pk) is not looked at: what is told concerns the requests of this run, which are all alike.
//
// Malformed is ignored, a whole field at a time and never half: whatever RFC 9651 refuses (16 digits too), a name that
// is no String (a Token, too: the draft knows only Strings), a number that is missing, negative, no Integer, or 0 for
// w, an older Remaining or Reset that is not one number, a Reset since the epoch without a usable Date. Of each field
// the first `server_policies_max` policies count; more are checked and passed over.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amend {

/// No server slows the run down beyond one request in so long.
inline constexpr std::chrono::seconds server_interval_max{60};
/// No server's window stops the run for longer; the caller may cut it further.
inline constexpr std::chrono::minutes server_wait_max{5};
/// No pace is kept for longer after the last answer that asked for it.
inline constexpr std::chrono::hours server_pace_valid_max{1};
inline constexpr std::size_t server_policies_max = 32;

class ServerPace {
 public:
  ServerPace() = default;
  bool operator==(const ServerPace&) const = default;

  /// At least so long between two requests of the whole run, 1 ns … `server_interval_max`; nullopt: no such wish.
  std::optional<std::chrono::nanoseconds> interval;
  /// With `interval`: for so long from this answer on, `wait` included; at most `server_pace_valid_max`.
  std::chrono::milliseconds valid_for{0};
  /// Nothing at all is sent for so long from this answer on; at most `server_wait_max`. 0: no such wish.
  std::chrono::milliseconds wait{0};
};

/// The table above. `head`: the field lines of one answer (`Response::head`), `date`: its Date field; `in_flight`: the
/// requests of the whole run that are sent and unanswered, which may not be counted in what is left.
ServerPace read_server_pace(std::string_view head, std::string_view date, std::uint64_t in_flight) noexcept;

}  // namespace amend
