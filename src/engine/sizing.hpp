// How many threads and batches a run has. Layer 4.
//
// *Threads.* Any. *Errors.* None. *Bounds.* Those that it defines. *Lifetime.* Functions. *Source.* src/README.md §3,
// "Bounded".
#pragma once

#include <cstddef>
#include <cstdint>

#include "amend/config.hpp"

namespace amend {

/// Threads that sign and send: one per core, and at most one per connection.
std::uint32_t worker_count(const LoadConfig& load);

/// The most batches between the reader and the log: the size of the pool, and what a crash may lose.
std::size_t batches_for(const LoadConfig& load);

/// How far the reader may be ahead of the log.
std::uint64_t read_ahead_rows(const LoadConfig& load);

}  // namespace amend
