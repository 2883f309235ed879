// Reads secrets from files, never from arguments.
//
// Threads: the thread that sets up the run. Source: layer 2; it reads files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace amend::wonder {

inline constexpr std::size_t secret_file_bytes_max = 64 * 1024;

/// The whole content of a secret's file. `option` (such as "--private-key") begins every message, and no message shows
/// the content.
///
/// Errors: throws ConfigError when the file cannot be read, is not regular, exceeds `secret_file_bytes_max`, or grants
/// group or world any right. The message has the chmod command to type.
std::string read_secret_file(const std::string& path, std::string_view option);

/// Disables core dumps and tracing by other processes of this user, for the whole process and permanently. Call it
/// before the first secret is read. The program decides this, so no part of the library calls it.
void forbid_core_dumps() noexcept;

}  // namespace amend::wonder
