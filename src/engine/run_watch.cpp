#include "engine/run_watch.hpp"

#include <algorithm>

namespace amend {
namespace {

constexpr std::chrono::milliseconds default_patience{60'000};

// The last row of a run may wait for its response or handshake, then for its retry, then for the rate
// (RunProgress::interval). Nothing else happens in that time.
std::chrono::milliseconds longest_wait_on_purpose(const Config& config) noexcept {
  return std::max(config.deadline.response, config.deadline.connect) + config.retry.backoff_max;
}

}  // namespace

RunProgress progress_of(const Metrics& metrics) noexcept {
  RunProgress progress;
  const std::uint64_t ended = metrics.rows_ended();  // read before rows_read, so it is never the greater one
  const std::uint64_t read = metrics.rows_read.value();
  progress.steps = metrics.bytes_read.value() + read + ended + metrics.attempts.value() + metrics.retries.value() +
                   metrics.requeues.value() + metrics.connections_opened.value() + metrics.handshakes_failed.value();
  progress.rows_ended = ended;
  progress.rows_left = read > ended ? read - ended : 0;
  progress.in_flight = metrics.in_flight.value();
  progress.held_until = std::max(metrics.throttled_until(), metrics.probe_at());
  return progress;
}

RunWatch::RunWatch(const Config& config, Clock::time_point start) noexcept
    : patience_(config.deadline.stall.count() != 0 ? config.deadline.stall
                                                   : std::max(default_patience, longest_wait_on_purpose(config))),
      end_(config.deadline.run.count() != 0 ? start + config.deadline.run : Clock::time_point::max()),
      looked_at_(start) {}

RunWatch::Decision RunWatch::look(const RunProgress& progress, Clock::time_point now) noexcept {
  if (now >= end_) return Decision::past_deadline;
  const bool moved = progress.steps != steps_ || progress.rows_left == 0 || looked_at_ < progress.held_until;
  still_ = moved ? Clock::duration::zero() : still_ + std::min<Clock::duration>(now - looked_at_, run_watch_gap_max);
  steps_ = progress.steps;
  looked_at_ = now;
  if (still_ < patience_ + progress.interval) return Decision::keep_running;
  if (rows_ended_at_reconnect_ == progress.rows_ended) return Decision::stalled;
  rows_ended_at_reconnect_ = progress.rows_ended;
  still_ = Clock::duration::zero();
  return Decision::reconnect;
}

std::string RunWatch::describe_stall(const RunProgress& progress) const {
  return "no request, response, disk write or new connection for " + std::to_string(patience_.count()) +
         " ms (--stall): " + std::to_string(progress.rows_left) + " rows were in progress, " +
         std::to_string(progress.in_flight) + " of them waiting for a response";
}

}  // namespace amend
