// What a later process must know before it can go on with a run. Layer 4.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "amend/config.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/summary.hpp"

namespace amend {

InputIdentity identify(const Config& config, const Source& source);

/// Whether the file that `now` describes has the content of the one that was identified `then` and of which `read` was
/// read since. Where it was written to, moved or touched its bytes are compared; without `read` its size, its time and
/// its inode are. A pipe or stdin cannot be read again: its inode is 0.
bool can_be_read_again(const InputIdentity& then, const InputIdentity& now, const std::optional<ContentRead>& read);

/// Writes run.json, with absolute paths: it is read from wherever the run is gone on with. Throws DurabilityError.
void write_run_json(const RunDirectory& run, Config config, const InputIdentity& input,
                    std::chrono::system_clock::time_point started_at, const std::string& parent = {});

}  // namespace amend
