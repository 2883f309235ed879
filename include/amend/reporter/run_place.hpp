// Where a new run may be: in a directory without files of a run, and with none of the files inside that it reads.
// Layer 2. Looks at names only: opens and changes nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"

namespace amend {

/// Whether a file of any kind has this name, a dangling link included.
bool exists(const std::string& path);

/// Every name that amend gives to a file of results in a run directory, in the order of `amend help run-directory`.
std::span<const std::string_view> run_file_names() noexcept;

/// The members of `config` that name a file or a directory which a run reads. Also where none is named ("").
std::vector<std::string*> paths_read(Config& config);

/// Throws ConfigError (exit 2) naming a file of a run, or a draft of one, that is in `directory`. What a start leaves
/// behind that was killed before its run.json is no obstacle: `lock`, a results.ndjson without a byte, a selection.txt
/// as amend writes it, and the drafts of that and of run.json.
void refuse_files_of_a_run(const std::string& directory);

/// The same; but exit 7 when there are such files and a process is running in `directory`.
void refuse_used_directory(const std::string& directory);

/// The same as refuse_used_directory for `config.run_directory`; and exit 2 when a file that the run reads is inside
/// it, at any depth. A directory that is not there, or not named, is free.
void require_place_for_run(const Config& config);

}  // namespace amend
