// Where a new run may be: in a directory without files of a run, and without the files that it reads. Layer 2.
//
// Threads: any. Errors: ConfigError, as each function says. Opens only a selection.txt, and changes no file.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"

namespace amend {

/// Whether a file of any kind has this name, a dangling link included.
bool exists(const std::string& path);

/// The absolute path of a run directory, without a slash at its end. Links are not resolved.
std::filesystem::path place_of_run(const std::string& directory);

/// The names of all files that amend writes to a run directory, in the order of `amend help run-directory`.
std::span<const std::string_view> run_file_names() noexcept;

/// The members of `config` that name a file or a directory which a run reads, also the empty ones.
std::vector<std::string*> paths_read(Config& config);

/// Throws ConfigError (exit 2) naming a file of a run, or a draft of one, that is in `directory`. Accepts what is left
/// of a start that was killed before its run.json: `lock`, an empty results.ndjson, a selection.txt as amend writes it,
/// and the drafts of that and of run.json.
void refuse_files_of_a_run(const std::string& directory);

/// The same, but exit 7 when there are such files and a process has locked `directory`.
void refuse_used_directory(const std::string& directory);

/// The same as refuse_used_directory for `config.run_directory`, and exit 2 when it contains a file that the run reads,
/// at any depth. A directory that is missing, or not named, is free.
void require_place_for_run(const Config& config);

}  // namespace amend
