// Replaces a file as a whole: a reader sees the old one or the new one, never half of it. Layer 5; any thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <system_error>

namespace amend::cli {

/// Decides by the first 4 KiB whether amend wrote the file.
using IsOurs = bool (*)(std::string_view first_bytes);

/// Refuses a path that must not be replaced.
///
/// Errors: throws ConfigError, which names `option`. Causes: the folder of `path` does not exist, or `path` exists and
/// is not a regular file of this kind. `kind` is for the message: "a report".
void refuse_irreplaceable(std::string_view option, const std::string& path, std::string_view kind, IsOurs is_ours);

/// Writes a file beside `path`, then renames it. When that fails, no file remains. The result is not durable. `mode` is
/// as for open(2), less the umask.
std::error_code replace_file(const std::string& path, std::string_view text, mode_t mode);

}  // namespace amend::cli
