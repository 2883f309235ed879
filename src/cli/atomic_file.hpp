// Replaces a file as a whole: a reader sees the old one or the new one, never half of it. Layer 5; any thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <system_error>

namespace amend::cli {

/// What amend writes to a file of this kind, by its first 4 KiB.
using IsOurs = bool (*)(std::string_view first_bytes);

/// Throws ConfigError naming `option` when the folder of `path` does not exist, or when `path` is there and is not a
/// regular file of this kind: no other is ever replaced. `kind`: "a report", for the message.
void refuse_irreplaceable(std::string_view option, const std::string& path, std::string_view kind, IsOurs is_ours);

/// Writes to a file beside it, then renames that over it; nothing is left behind when that fails. Not made durable.
/// `mode` as of open(2), less the umask.
std::error_code replace_file(const std::string& path, std::string_view text, mode_t mode);

}  // namespace amend::cli
