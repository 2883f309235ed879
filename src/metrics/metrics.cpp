#include "amend/metrics/metrics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace amend {

std::uint64_t Metrics::rows_ended() const noexcept {
  std::uint64_t sum = 0;
  for (const Counter& rows : rows_) sum += rows.value();
  return sum;
}

void Metrics::throttle_until(std::chrono::steady_clock::time_point when) noexcept {
  const auto wanted = when.time_since_epoch().count();
  auto current = throttled_until_.load(std::memory_order_relaxed);
  while (current < wanted && !throttled_until_.compare_exchange_weak(current, wanted, std::memory_order_relaxed)) {
  }
}

std::chrono::steady_clock::time_point Metrics::throttled_until() const noexcept {
  return std::chrono::steady_clock::time_point(
      std::chrono::steady_clock::duration(throttled_until_.load(std::memory_order_relaxed)));
}

std::size_t LatencyHistogram::bucket_of(std::uint64_t ns) noexcept {
  const auto power = static_cast<unsigned>(std::bit_width(ns)) - 1;
  const std::uint64_t step = (ns >> (power - steps_log2)) - (1U << steps_log2);
  return (std::size_t{power - first_power} << steps_log2) + step;
}

std::uint64_t LatencyHistogram::middle_of(std::size_t bucket) noexcept {
  const auto power = static_cast<unsigned>(bucket >> steps_log2) + first_power;
  const std::uint64_t step = bucket & ((1U << steps_log2) - 1);
  const std::uint64_t width = std::uint64_t{1} << (power - steps_log2);
  return ((step + (1U << steps_log2)) * width) + width / 2;
}

void LatencyHistogram::record(std::chrono::nanoseconds duration) noexcept {
  const auto ns = static_cast<std::uint64_t>(std::clamp(duration, shortest, longest).count());
  buckets_[bucket_of(ns)].add(1);
  count_.add(1);
  sum_.add(ns);
  if (ns > max_.value()) max_.set(ns);
}

LatencyHistogram& LatencyHistogram::operator=(const LatencyHistogram& other) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i].set(other.buckets_[i].value());
  count_.set(other.count());
  sum_.set(other.sum_.value());
  max_.set(other.max_.value());
  return *this;
}

void LatencyHistogram::merge(const LatencyHistogram& other) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i].add(other.buckets_[i].value());
  count_.add(other.count_.value());
  sum_.add(other.sum_.value());
  max_.set(std::max(max_.value(), other.max_.value()));
}

std::chrono::nanoseconds LatencyHistogram::percentile(double percent) const noexcept {
  const std::uint64_t recorded = count();
  if (recorded == 0) return std::chrono::nanoseconds(0);
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const auto rank =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(recorded))));
  if (rank >= recorded) return max();
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i].value();
    if (seen < rank) continue;
    const auto middle = static_cast<std::int64_t>(middle_of(i));
    return std::chrono::nanoseconds(std::clamp<std::int64_t>(middle, shortest.count(), max().count()));
  }
  return max();
}

std::uint64_t LatencyHistogram::count_at_most(std::chrono::nanoseconds duration) const noexcept {
  if (duration < shortest) return 0;
  if (duration >= longest) return count();
  std::uint64_t counted = 0;
  for (std::size_t i = 0; i < buckets_.size() && middle_of(i) <= static_cast<std::uint64_t>(duration.count()); ++i)
    counted += buckets_[i].value();
  return counted;
}

LatencyHistogram LatencyHistogram::since(const LatencyHistogram& earlier) const noexcept {
  const auto growth = [](const Cell& now, const Cell& before) {
    return now.value() > before.value() ? now.value() - before.value() : 0;
  };
  LatencyHistogram grown;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const std::uint64_t n = growth(buckets_[i], earlier.buckets_[i]);
    if (n == 0) continue;
    grown.buckets_[i].set(n);
    grown.count_.add(n);
    grown.max_.set(std::min(middle_of(i), max_.value()));
  }
  grown.sum_.set(growth(sum_, earlier.sum_));
  return grown;
}

void ErrorTally::record(const Outcome& outcome) {
  if (outcome.reason) record(*outcome.reason, outcome.row->position, outcome.row.id());
}

void ErrorTally::record(const Reason& reason, const Position& position, std::string_view id) {
  if (reason.code.empty()) return;
  std::string_view code = reason.code;
  auto found = counts_.find(code);
  if (found == counts_.end() && counts_.size() >= codes_max) {
    code = other;
    found = counts_.find(code);
  }
  if (found != counts_.end()) {
    ++found->second.count;
    return;
  }
  ErrorCount first;
  first.code = code;
  first.count = 1;
  first.row = position.row;
  first.line = position.line;
  first.id = printable(id, 80);
  first.text = reason.text;
  counts_.emplace(std::string(code), std::move(first));
}

std::vector<ErrorCount> ErrorTally::worst(std::size_t n) const {
  std::vector<ErrorCount> all;
  all.reserve(counts_.size());
  for (const auto& [code, count] : counts_) all.push_back(count);
  std::ranges::sort(all, [](const ErrorCount& a, const ErrorCount& b) {
    return a.count != b.count ? a.count > b.count : a.code < b.code;
  });
  if (all.size() > n) all.resize(n);
  return all;
}

}  // namespace amend
