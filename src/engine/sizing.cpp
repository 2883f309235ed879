#include "engine/sizing.hpp"

#include <algorithm>
#include <thread>

#include "worker/worker.hpp"

namespace amend {

std::uint32_t worker_count(const PaceConfig& pace) {
  const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(pace.connections, pace.workers == 0 ? cores : pace.workers);
}

// At any depth, every worker can have a full queue, a batch in use and some batches in flight.
std::size_t batches_for(const PaceConfig& pace) {
  const std::size_t in_flight = std::size_t{pace.connections} * pace.pipeline;
  return std::size_t{worker_count(pace)} * 16 + in_flight / 8 + 8;
}

// Rows that wait for a retry have left their batch, and other rows are read in its place.
std::uint64_t read_ahead_rows(const PaceConfig& pace) {
  return (batches_for(pace) + 1) * rows_per_batch_max + std::uint64_t{worker_count(pace)} * jobs_waiting_max;
}

}  // namespace amend
