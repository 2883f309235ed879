// The picture of a run, read from its directory without changing or locking anything. Layer 2; any one thread. A run
// that still goes on, that was killed, or that has no timeline may be read.
//
// The log is read once. Memory does not depend on its length: below 8 MiB, and up to 2 MiB of error codes.
#pragma once

#include <string>

#include "amend/report/run_picture.hpp"

namespace amend::report {

/// Whether what customers are called and said is shown: the cells of example rows, as they stand in the files of rows
/// that did not succeed, and the API's error texts, which may repeat what was sent.
enum class Values : std::uint8_t { hidden, shown };

/// Throws ConfigError: exit 2 when there is no run, exit 3 when its run.json cannot be read. Throws InputError when its
/// log cannot be. A log that was changed is shown up to there, with a warning.
RunPicture picture_of(const std::string& directory, Values values = Values::hidden);

/// "Settings": every option of a run.json, and what its input was.
std::vector<SettingGroup> settings_in(std::string_view run_json);

}  // namespace amend::report
