#include "amend/run/summary.hpp"

#include <numeric>

namespace amend {

Latency::Latency(const LatencyHistogram& histogram)
    : p50(histogram.percentile(50)),
      p90(histogram.percentile(90)),
      p99(histogram.percentile(99)),
      p999(histogram.percentile(99.9)),
      max(histogram.max()) {}

void Summary::take(const Metrics& metrics) {
  rows_read = metrics.rows_read.value();
  for (std::size_t i = 0; i < status_count; ++i) rows_by_status[i] = metrics.rows(static_cast<Status>(i));
  attempts = metrics.attempts.value();
  retries = metrics.retries.value();
  requeues = metrics.requeues.value();
  throttled = metrics.throttled.value();
  connections = metrics.connections_opened.value();
  handshakes_failed = metrics.handshakes_failed.value();
}

std::uint64_t Summary::rows_ended() const noexcept {
  return std::accumulate(rows_by_status.begin(), rows_by_status.end(), std::uint64_t{0});
}

std::optional<std::uint64_t> Summary::rows_in_input() const noexcept {
  return unsent ? std::optional(rows_ended() + *unsent) : std::nullopt;
}

std::uint64_t Summary::rows_succeeded() const noexcept {
  std::uint64_t well = 0;
  for (const Status status : all_statuses) well += has_succeeded(status) ? rows(status) : 0;
  return well;
}

}  // namespace amend
