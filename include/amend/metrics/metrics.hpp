// Counters, durations and error codes of a run. Layer 1: no clock, no I/O.
//
// Threads: any for Counter, Metrics and reading a LatencyHistogram; one that writes a LatencyHistogram; one for
// ErrorTally. Errors: none. Bounds: 8.5 KiB for a histogram, 1 MiB for an ErrorTally.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "amend/row/outcome.hpp"

namespace amend {

/// A number that any thread adds to and reads. Its order is relaxed: a reader may see one counter newer than another.
/// It has a cache line of its own, so that the counters of two workers do not slow each other down.
class alignas(64) Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  void subtract(std::uint64_t n = 1) noexcept { value_.fetch_sub(n, std::memory_order_relaxed); }
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// The counters of a run; the stage that counts is in parentheses. When the run has ended:
///   rows_read     = success + failed + unknown + rejected + rows read but unsent
///   rejected      ⊆ rows_read that never made an attempt
///   attempts      ≥ success + unknown; each attempt counts, the first of a row included
///   retries       ⊆ attempts: attempts after a row's first that cost the row one of its --max-attempts
///   requeues      ⊆ attempts: sent again without cost: after a 429, in an outage, or because a connection ended while
///                 the row waited behind another one for its response
///   handshakes_failed ∩ connections_opened = ∅: a connection counts as opened once TCP and TLS are established
class Metrics {
 public:
  Metrics() = default;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter rows_read;    ///< (reader) data rows, rejected ones included
  Counter bytes_read;   ///< (reader) of the input, as they are in the file
  Counter bytes_total;  ///< (reader) size of the input, set once; 0: not known (stdin)

  Counter attempts;            ///< (worker) requests handed to a connection
  Counter retries;             ///< (worker)
  Counter requeues;            ///< (worker)
  Counter throttled;           ///< (worker) responses 429
  Counter overloaded;          ///< (worker) responses 503, and attempts without a response in time
  Counter limiter_wait_ns;     ///< (worker) how long ready rows waited for the rate limiter
  Counter connections_opened;  ///< (worker)
  Counter handshakes_failed;   ///< (worker) TCP or TLS did not come up
  Counter in_flight;           ///< (worker) a gauge: sent and not yet answered
  Counter customers_held;      ///< (worker) a gauge: their next row waits while an earlier request may be applied late

  /// (reporter) Rows that have ended, by status.
  void count(Status status, std::uint64_t n = 1) noexcept { rows_[static_cast<std::size_t>(status)].add(n); }
  std::uint64_t rows(Status status) const noexcept { return rows_[static_cast<std::size_t>(status)].value(); }
  std::uint64_t rows_ended() const noexcept;

  /// (worker) The whole run waits until then (Retry-After). Only moves forward. Epoch: the run has not waited.
  void throttle_until(std::chrono::steady_clock::time_point when) noexcept;
  std::chrono::steady_clock::time_point throttled_until() const noexcept;

  /// (worker) In an outage: when the next probe is sent. Epoch: there is no outage.
  void probe_at(std::chrono::steady_clock::time_point when) noexcept {
    probe_at_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
  }
  std::chrono::steady_clock::time_point probe_at() const noexcept {
    return std::chrono::steady_clock::time_point(
        std::chrono::steady_clock::duration(probe_at_.load(std::memory_order_relaxed)));
  }

 private:
  std::array<Counter, status_count> rows_;
  std::atomic<std::chrono::steady_clock::rep> throttled_until_{0};
  std::atomic<std::chrono::steady_clock::rep> probe_at_{0};
};

/// Distribution of durations from 1 µs to 1 h within 2 %: 32 equal steps per power of two, each represented by its
/// middle. A duration outside counts as the bound. One thread records. Any thread may read or merge from it at the same
/// time, and sees recent values.
class LatencyHistogram {
 public:
  static constexpr std::chrono::nanoseconds shortest{1'000};
  static constexpr std::chrono::nanoseconds longest{3'600'000'000'000};

  LatencyHistogram() = default;
  LatencyHistogram(const LatencyHistogram& other) noexcept { merge(other); }
  LatencyHistogram& operator=(const LatencyHistogram& other) noexcept;

  void record(std::chrono::nanoseconds duration) noexcept;
  void merge(const LatencyHistogram& other) noexcept;

  std::uint64_t count() const noexcept { return count_.value(); }
  /// The duration that `percent` (0 … 100) of all do not exceed. Zero when no duration was recorded. 100 is exact.
  std::chrono::nanoseconds percentile(double percent) const noexcept;
  std::chrono::nanoseconds max() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(max_.value()));
  }
  /// Of all durations, exact.
  std::chrono::nanoseconds sum() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(sum_.value()));
  }
  /// How many are not longer than `duration`, to within its step: all durations of a step count, or none. Never falls
  /// when `duration` grows, and is count() from `longest` on.
  std::uint64_t count_at_most(std::chrono::nanoseconds duration) const noexcept;
  /// What was recorded since the copy `earlier` was made. Its max is known to within a step.
  LatencyHistogram since(const LatencyHistogram& earlier) const noexcept;

 private:
  static constexpr unsigned steps_log2 = 5;
  static constexpr unsigned first_power = 9;  // 512 ns < 1 µs
  static constexpr unsigned last_power = 41;  // 1 h < 2^42 ns
  static std::size_t bucket_of(std::uint64_t ns) noexcept;
  static std::uint64_t middle_of(std::size_t bucket) noexcept;

  // Only one thread writes, so no locked instruction is needed.
  class Cell {
   public:
    void add(std::uint64_t n) noexcept { set(value() + n); }
    void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

   private:
    std::atomic<std::uint64_t> value_{0};
  };

  std::array<Cell, std::size_t{last_power - first_power + 1} << steps_log2> buckets_{};
  Cell count_;
  Cell sum_;  // ns
  Cell max_;
};

/// How often one error code occurred, and its first row as an example.
class ErrorCount {
 public:
  ErrorCount() = default;

  std::string code;
  std::uint64_t count = 0;
  std::uint64_t row = 0;
  std::uint64_t line = 0;
  std::string id;    ///< printable, at most 80 bytes
  std::string text;  ///< Reason::text
};

/// Errors by code. At most 1,000 codes, because a server may invent them. Later codes count as "other".
class ErrorTally {
 public:
  static constexpr std::size_t codes_max = 1000;
  static constexpr std::string_view other = "other";

  /// Ignores an outcome without a reason.
  void record(const Outcome& outcome);
  void record(const Reason& reason, const Position& position, std::string_view id);

  /// The `n` most frequent, the most frequent first; equal ones by code.
  std::vector<ErrorCount> worst(std::size_t n) const;
  /// Codes that have occurred, "other" included.
  std::size_t codes() const noexcept { return counts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };
  std::unordered_map<std::string, ErrorCount, Hash, std::equal_to<>> counts_;
};

}  // namespace amend
