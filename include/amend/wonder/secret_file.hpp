// Secrets come from files, never from arguments. Layer 2: reads files; called while a run is set up.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace amend::wonder {

inline constexpr std::size_t secret_file_bytes_max = 64 * 1024;

/// The whole content of a secret's file. `option` (such as "--private-key") begins every message.
/// Throws ConfigError when it cannot be read, is not a regular file, is larger than `secret_file_bytes_max`, or when
/// group or world have any right to it (the message holds the chmod command to type). No message holds the content.
std::string read_secret_file(const std::string& path, std::string_view option);

/// Switches core dumps and tracing by other processes of this user off, for the whole process and for good: call it
/// before the first secret is read. A program's choice, so no part of the library calls it.
void forbid_core_dumps() noexcept;

}  // namespace amend::wonder
