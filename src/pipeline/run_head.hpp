// What a later process must know before it can go on with a run. Layer 4.
#pragma once

#include <chrono>
#include <string>

#include "amend/config.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/summary.hpp"

namespace amend {

InputIdentity identify(const Config& config, const Source& source);

/// Whether the file that `now` describes can stand for the one that was read. A pipe or stdin never can: its inode is
/// 0.
bool can_be_read_again(const InputIdentity& then, const InputIdentity& now);

/// Writes run.json, with absolute paths: it is read from wherever the run is gone on with. Throws DurabilityError.
void write_run_json(const RunDirectory& run, Config config, const InputIdentity& input,
                    std::chrono::system_clock::time_point started_at, const std::string& parent = {});

}  // namespace amend
