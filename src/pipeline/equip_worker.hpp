// What each worker of a run is given of its own. Layer 4.
#pragma once

#include <cstdint>

#include "amend/transport/target.hpp"
#include "amend/worker/worker.hpp"

namespace amend {

/// Fills in all but the call, for worker `index` of as many as the pace of `setup.config` has. Throws ConfigError as
/// make_http1_transport and make_signer do.
void equip_worker(WorkerSetup& setup, std::uint32_t index, const Target& target, const Credentials& credentials);

}  // namespace amend
