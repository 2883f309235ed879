// Distribution of durations to three significant digits, laid out as HdrHistogram does (http://hdrhistogram.org), so
// that its tools read what is exported. Layer 1. For one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace amend {

/// From 1 µs to 1 h; what lies outside counts as the bound. Exact to 0.1 % or 0.5 µs, whichever is more. 192 KiB, never
/// grows.
class HdrHistogram {
 public:
  static constexpr std::int64_t lowest = 1'000;               // ns
  static constexpr std::int64_t highest = 3'600'000'000'000;  // ns
  static constexpr int significant_digits = 3;

  HdrHistogram();

  void record(std::chrono::nanoseconds duration) noexcept;
  void merge(const HdrHistogram& other) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  /// The longest duration that counts as one of the shortest `percent` (0 … 100) of all; zero when there are none.
  std::chrono::nanoseconds percentile(double percent) const noexcept;
  std::chrono::nanoseconds max() const noexcept { return std::chrono::nanoseconds(max_); }
  /// Exact.
  std::chrono::nanoseconds mean() const noexcept;

  /// Each step that holds something: the longest duration in it, how many are there. Ascending.
  void for_each(const std::function<void(std::chrono::nanoseconds, std::uint64_t)>& show) const;

  /// "V2" encoding of HdrHistogram, not compressed: big-endian head, counts as ZigZag LEB128, gaps as negative ones.
  std::string encode() const;

 private:
  static std::size_t index_of(std::int64_t ns) noexcept;
  static std::int64_t highest_in(std::size_t index) noexcept;

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

/// One line of a histogram log, without its line end: `Tag=…,start,length,max,payload`. `start` and `length` of what
/// was measured, since the log's own start. The payload is base64 of the V2 encoding, compressed by zlib.
/// Throws std::runtime_error when zlib cannot (no memory).
std::string hdr_log_line(std::string_view tag, std::chrono::nanoseconds start, std::chrono::nanoseconds length,
                         const HdrHistogram& histogram);

/// The lines before it. `started_at` in nanoseconds since the epoch.
std::string hdr_log_head(std::chrono::nanoseconds started_at);

/// The percentile distribution as HdrHistogram prints it (.hgrm), in milliseconds: for its plotter.
std::string hdr_percentiles(const HdrHistogram& histogram);

}  // namespace amend
