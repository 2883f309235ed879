// Stops the run when it needs an operator, whatever rows the responses concern: the API refuses the credentials, a
// gateway refuses the requests, or the responses do not come from the API.
//
//   not_the_api       before the API's first own response: `pages_max` gateway responses that waiting does not cure
//                     (2xx, 3xx, 4xx except 408, 425, 429), or one per row that is left when fewer rows are left
//   credentials, gateway_refusal
//                     the API's own 401 or 403; 401, 403 or 407 of a gateway: of `at_start` rows in a row before the
//                     API has accepted any request, of `in_a_row` rows later
//   credentials_share, gateway_share
//                     the API's own 401 or 403, a gateway's 401 or 407, of `share_rows` rows within the last
//                     `share_requests` requests. A gateway's 403 does not count: a firewall may block the contents of
//                     a row
//
// A row that is refused again counts once. Each refusal of the echo call counts by itself. That call concerns no row,
// so it shows that the refusals in a row before it did not concern their rows. Then each of these counts.
//
// The run obeys the Retry-After of a page, and the page does not count. A refusal with a Retry-After counts only if its
// request was sent after the first wait that the refusals in a row have asked for.
//
// *Threads.* Any; one object for a run. Without trouble, a response costs relaxed loads. *Errors.* None. *Bounds.* It
// remembers `rows_remembered` rows. *Lifetime.* A value that stays where it is. *Source.* A policy: the facts of the
// run are an argument.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "admission/retry_policy.hpp"

namespace amend {

class CredentialGuard {
 public:
  static constexpr std::uint32_t pages_max = 3;
  static constexpr std::uint32_t at_start = 3;
  static constexpr std::uint32_t in_a_row = 20;
  static constexpr std::uint32_t share_rows = 15;
  static constexpr std::uint64_t share_requests = 100;
  static constexpr std::size_t rows_remembered = 32;

  enum class Stop : std::uint8_t { none, not_the_api, credentials, gateway_refusal, credentials_share, gateway_share };

  CredentialGuard() = default;
  CredentialGuard(const CredentialGuard&) = delete;
  CredentialGuard& operator=(const CredentialGuard&) = delete;

  using time_point = std::chrono::steady_clock::time_point;

  /// Facts of the run that a response does not contain.
  class Run {
   public:
    Run(std::uint64_t row_, std::uint64_t requests_, std::uint64_t rows_left_, time_point sent_,
        time_point held_until_) noexcept
        : row(row_), requests(requests_), rows_left(rows_left_), sent(sent_), held_until(held_until_) {}
    std::uint64_t row;        ///< of the response; no_row: the echo call
    std::uint64_t requests;   ///< sent so far
    std::uint64_t rows_left;  ///< rows that have not ended, when all rows are read; else a large number
    time_point sent;          ///< when the request was sent
    time_point held_until;    ///< the run waits until then, because the responses ask for it
  };
  static constexpr std::uint64_t no_row = 0;
  Stop look(const AttemptEnd& end, const Run& run) noexcept;
  /// As look(), for a success, which is the most frequent case.
  void accepted() noexcept;

  /// The API itself has responded in this process.
  bool api_has_responded() const noexcept { return api_responded_.load(std::memory_order_relaxed); }

 private:
  enum class Seen : std::uint8_t { nothing, accepted, refused_by_api, refused_by_gateway, page };
  class Refused {
   public:
    std::uint64_t row = 0;
    std::uint64_t request = 0;  // its number; 0: this place is empty
    std::uint32_t streak = 0;
    bool counts_as_share = false;
  };

  static Seen seen_in(const AttemptEnd& end) noexcept;
  Stop look_at_page(const Run& run) noexcept;
  Stop look_at_refusal(const AttemptEnd& end, const Run& run) noexcept;
  Stop look_at_rows(const AttemptEnd& end, const Run& run) noexcept;
  void begin_refusal() noexcept;
  bool is_to_be_obeyed(const Run& run) noexcept;
  std::uint32_t enough_in_a_row() const noexcept;
  Refused& place_of(std::uint64_t row) noexcept;

  std::atomic<bool> api_responded_{false};
  std::atomic<bool> accepted_{false};
  std::atomic<bool> in_streak_{false};
  std::mutex mutex_;  // guards what follows
  std::uint32_t pages_ = 0;
  std::uint32_t streak_ = 0;
  std::uint32_t in_streak_count_ = 0;  // refusals in a row, of any number of rows
  time_point first_wait_over_{};       // the wait that these have asked for
  std::array<Refused, rows_remembered> refused_{};
};

/// A gateway's 401, 403 or 407: it refuses the client or the request.
bool is_gateway_refusal(const AttemptEnd& end) noexcept;

}  // namespace amend
