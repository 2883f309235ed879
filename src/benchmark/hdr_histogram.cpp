#include "amend/benchmark/hdr_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace amend {
namespace {

// Names and formulas are those of HdrHistogram: 2,048 equal steps below 1 ms, 1,024 per power of two above.
constexpr int unit_magnitude = 9;  // 512 ns < 1 µs
constexpr int half_magnitude = 10;
constexpr std::int64_t half_count = std::int64_t{1} << half_magnitude;
constexpr std::int64_t mask = ((half_count << 1) - 1) << unit_magnitude;

constexpr int bucket_count() {
  int buckets = 1;
  for (std::int64_t untrackable = (half_count << 1) << unit_magnitude; untrackable <= HdrHistogram::highest;
       untrackable <<= 1)
    ++buckets;
  return buckets;
}

constexpr std::size_t length = static_cast<std::size_t>(bucket_count() + 1) << half_magnitude;

constexpr std::int32_t cookie_v2 = 0x1c849303 | 0x10;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

// At most nine bytes: the ninth has eight bits.
void append_zig_zag(std::string& out, std::int64_t number) {
  auto value = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  for (int i = 0; i < 8 && value >> 7 != 0; ++i, value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
  out += static_cast<char>(value);
}

}  // namespace

HdrHistogram::HdrHistogram() : counts_(length) {}

std::size_t HdrHistogram::index_of(std::int64_t ns) noexcept {
  const int ceiling = 64 - std::countl_zero(static_cast<std::uint64_t>(ns | mask));
  const int bucket = ceiling - unit_magnitude - (half_magnitude + 1);
  const std::int64_t step = ns >> (bucket + unit_magnitude);
  return static_cast<std::size_t>((std::int64_t{bucket + 1} << half_magnitude) + step - half_count);
}

std::int64_t HdrHistogram::highest_in(std::size_t index) noexcept {
  int bucket = static_cast<int>(index >> half_magnitude) - 1;
  std::int64_t step = (static_cast<std::int64_t>(index) & (half_count - 1)) + half_count;
  if (bucket < 0) {
    step -= half_count;
    bucket = 0;
  }
  return ((step + 1) << (bucket + unit_magnitude)) - 1;
}

void HdrHistogram::record(std::chrono::nanoseconds duration) noexcept {
  const std::int64_t ns = std::clamp<std::int64_t>(duration.count(), lowest, highest);
  ++counts_[index_of(ns)];
  ++count_;
  max_ = std::max(max_, ns);
  sum_ += static_cast<double>(ns);
}

void HdrHistogram::merge(const HdrHistogram& other) noexcept {
  for (std::size_t i = 0; i < length; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

std::chrono::nanoseconds HdrHistogram::percentile(double percent) const noexcept {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_) - 1e-9)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < length; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::chrono::nanoseconds(std::min(highest_in(i), max_));
  }
  return max();
}

std::chrono::nanoseconds HdrHistogram::mean() const noexcept {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

void HdrHistogram::for_each(const std::function<void(std::chrono::nanoseconds, std::uint64_t)>& show) const {
  for (std::size_t i = 0; i < length; ++i)
    if (counts_[i] > 0) show(std::chrono::nanoseconds(std::min(highest_in(i), max_)), counts_[i]);
}

std::string HdrHistogram::encode() const {
  std::string counts;
  const std::size_t end = count_ == 0 ? 0 : index_of(max_) + 1;
  for (std::size_t i = 0; i < end;) {
    std::size_t gap = 0;
    while (i + gap < end && counts_[i + gap] == 0) ++gap;
    append_zig_zag(counts, gap > 0 ? -static_cast<std::int64_t>(gap) : static_cast<std::int64_t>(counts_[i]));
    i += std::max<std::size_t>(gap, 1);
  }
  std::string out;
  append_big_endian(out, cookie_v2, 4);
  append_big_endian(out, counts.size(), 4);
  append_big_endian(out, 0, 4);  // normalizing index offset
  append_big_endian(out, significant_digits, 4);
  append_big_endian(out, lowest, 8);
  append_big_endian(out, highest, 8);
  append_big_endian(out, std::bit_cast<std::uint64_t>(1.0), 8);  // integer to double conversion ratio
  return out + counts;
}

}  // namespace amend
