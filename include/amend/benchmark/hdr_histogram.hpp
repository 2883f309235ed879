// A distribution of durations with three significant digits. Its layout is that of HdrHistogram
// (http://hdrhistogram.org), so that its tools can read an export.
//
// Threads: one. Source: layer 1.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace amend {

/// Records durations from 1 µs to 1 h; others count as the bound. The error is at most 0.1 % or 0.5 µs, whichever is
/// larger.
///
/// Bounds: 192 KiB; it never grows.
class HdrHistogram {
 public:
  static constexpr std::int64_t lowest = 1'000;               // ns
  static constexpr std::int64_t highest = 3'600'000'000'000;  // ns
  static constexpr int significant_digits = 3;

  HdrHistogram();

  void record(std::chrono::nanoseconds duration) noexcept;
  void merge(const HdrHistogram& other) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  /// The longest of the shortest `percent` (0 … 100) of all durations; zero without durations.
  std::chrono::nanoseconds percentile(double percent) const noexcept;
  std::chrono::nanoseconds max() const noexcept { return std::chrono::nanoseconds(max_); }
  /// The exact mean.
  std::chrono::nanoseconds mean() const noexcept;

  /// Calls `show` for each step with durations, in ascending order: the longest duration in it, and their number.
  void for_each(const std::function<void(std::chrono::nanoseconds, std::uint64_t)>& show) const;

  /// HdrHistogram's "V2" encoding without compression: a big-endian head, counts as ZigZag LEB128, gaps as negative
  /// counts.
  std::string encode() const;

 private:
  static std::size_t index_of(std::int64_t ns) noexcept;
  static std::int64_t highest_in(std::size_t index) noexcept;

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

/// One line of a histogram log without its line end: `Tag=…,start,length,max,payload`. `start` and `length` describe
/// the measurement, relative to the start of the log. The payload is base64 of the V2 encoding, compressed by zlib.
///
/// Errors: throws std::runtime_error when zlib is out of memory.
std::string hdr_log_line(std::string_view tag, std::chrono::nanoseconds start, std::chrono::nanoseconds length,
                         const HdrHistogram& histogram);

/// The lines before the first histogram. `started_at` is in nanoseconds since the epoch.
std::string hdr_log_head(std::chrono::nanoseconds started_at);

/// The percentile distribution in milliseconds, as HdrHistogram prints it (.hgrm), for its plotter.
std::string hdr_percentiles(const HdrHistogram& histogram);

}  // namespace amend
