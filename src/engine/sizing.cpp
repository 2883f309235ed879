#include "engine/sizing.hpp"

#include <algorithm>
#include <thread>

#include "worker/worker.hpp"

namespace amend {

std::uint32_t worker_count(const LoadConfig& load) {
  const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(load.connections, load.workers == 0 ? cores : load.workers);
}

// At any depth, every worker can have a full queue, a batch in use and some batches in flight.
std::size_t batches_for(const LoadConfig& load) {
  const std::size_t in_flight = std::size_t{load.connections} * load.pipeline;
  return std::size_t{worker_count(load)} * 16 + in_flight / 8 + 8;
}

// Rows that wait for a retry have left their batch, and other rows are read in its place.
std::uint64_t read_ahead_rows(const LoadConfig& load) {
  return (batches_for(load) + 1) * rows_per_batch_max + std::uint64_t{worker_count(load)} * jobs_waiting_max;
}

}  // namespace amend
