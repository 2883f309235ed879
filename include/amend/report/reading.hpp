// The picture of a run, read from its directory. Neither changes nor locks the directory. The run may be running, may
// have been killed, and may have no timeline. Layer 2.
//
// Threads: any one. Errors: ConfigError (exit 2 when there is no run, exit 3 when its run.json cannot be read),
// InputError when its log cannot be read. Bounds: the log is read once, and twice when an earlier process left no
// timeline; 8 MiB, and up to 2 MiB of error codes.
#pragma once

#include <string>

#include "amend/report/run_picture.hpp"

namespace amend::report {

/// Whether customers' data are shown: the cells of example rows, as they are in the retry files, and the API's error
/// texts, which may repeat what was sent.
enum class Values : std::uint8_t { hidden, shown };

/// A log that was changed is shown up to the change, with a warning.
RunPicture picture_of(const std::string& directory, Values values = Values::hidden);

/// "Settings": every option in a run.json, and its input.
std::vector<SettingGroup> settings_in(std::string_view run_json);

}  // namespace amend::report
