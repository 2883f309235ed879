// Decides which fault affects which request. Pure: a decision depends only on the seed and the ordinal of the request.
// So a run with the same seed and the same order of requests has the same faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace amend::sim {

/// The fault of one request, at most one.
enum class Fault : std::uint8_t {
  none,
  status,            ///< an error status of `Shares::statuses`, not applied
  reset_before,      ///< RST, not applied
  reset_after,       ///< RST, applied
  hang_before,       ///< no response to it or to later requests of the connection; not applied
  hang_after,        ///< the same, applied
  truncate,          ///< applied; the response's body is cut, then FIN
  bad_json,          ///< applied; a 200 whose body is not JSON
  html,              ///< applied; a 200 with an HTML page
  wrong_uuid,        ///< applied; a 200 that shows another uuid
  reject_pipelined,  ///< 400 + Connection: close when it was pipelined, not applied; otherwise no fault
};

/// The spelling in the request log: "none", "status", "reset-before", ….
std::string_view to_string(Fault fault) noexcept;

/// Shares of all requests, 0 … 1. One draw decides among them, so their sum is at most 1.
class Shares {
 public:
  Shares() = default;

  std::vector<std::pair<std::uint16_t, double>> statuses;  ///< --error-share 503:1%
  double reset = 0;                                        ///< half of them before, half after applying
  double hang = 0;                                         ///< likewise
  double truncate = 0;
  double bad_json = 0;
  double html = 0;
  double wrong_uuid = 0;
  double reject_pipelined = 0;

  double interim = 0;         ///< an own draw: 103 before the response
  double extra_response = 0;  ///< an own draw: an unsolicited second response

  double sum() const noexcept;  ///< of those that share one draw
};

class FaultDecision {
 public:
  FaultDecision() = default;

  Fault fault = Fault::none;
  std::uint16_t status = 0;  ///< for Fault::status
  bool interim = false;
  bool extra_response = false;
  std::chrono::nanoseconds delay{0};
};

class FaultPlan {
 public:
  FaultPlan() = default;
  FaultPlan(std::uint64_t seed, Shares shares, std::chrono::nanoseconds latency, std::chrono::nanoseconds jitter);

  /// `ordinal` counts all requests of the server from 1. The delay is uniform in latency … latency + jitter.
  FaultDecision decide(std::uint64_t ordinal) const noexcept;

 private:
  double draw(std::uint64_t ordinal, std::uint64_t purpose) const noexcept;
  void choose(double point, FaultDecision& decision) const noexcept;

  std::uint64_t seed_ = 0;
  Shares shares_;
  std::chrono::nanoseconds latency_{0};
  std::chrono::nanoseconds jitter_{0};
  bool quiet_ = true;  // no share is set, so no draw is needed
};

/// Stalls the whole server for `length` at the end of each `period`, counted from the first request. Pure.
class Stall {
 public:
  Stall(std::chrono::nanoseconds length, std::chrono::nanoseconds period) noexcept : length_(length), period_(period) {}

  /// The delay of a response to a request that arrived `since` the first one. `delay` is the time without a stall.
  std::chrono::nanoseconds held(std::chrono::nanoseconds since, std::chrono::nanoseconds delay) const noexcept;

 private:
  std::chrono::nanoseconds past(std::chrono::nanoseconds moment) const noexcept;

  std::chrono::nanoseconds length_;
  std::chrono::nanoseconds period_;
};

/// The server's own rate limit: a number of requests per window. Windows are counted from the clock's start. Pure.
class RequestQuota {
 public:
  RequestQuota(std::uint32_t limit, std::chrono::seconds window) noexcept : limit_(limit), window_(window) {}

  /// Returns false when the window's quota is used up.
  bool take(std::chrono::system_clock::time_point now) noexcept;

  std::uint32_t limit() const noexcept { return limit_; }
  std::chrono::seconds window() const noexcept { return window_; }
  std::uint32_t remaining() const noexcept { return limit_ - used_; }
  /// The time until the next window, rounded up: never 0.
  std::chrono::seconds reset_in(std::chrono::system_clock::time_point now) const noexcept;
  /// When the next window begins.
  std::chrono::sys_seconds reset_at(std::chrono::system_clock::time_point now) const noexcept;

 private:
  std::uint32_t limit_;
  std::chrono::seconds window_;
  std::int64_t current_ = -1;
  std::uint32_t used_ = 0;
};

}  // namespace amend::sim
