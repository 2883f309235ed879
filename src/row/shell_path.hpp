// Writes a path as it is typed. Pure. Layer 0.
#pragma once

#include <string>
#include <string_view>

namespace amend {

/// The path for a shell, quoted by shell_quoted(). A path that begins with '-' would look like an option, so it becomes
/// ./-x. "-" alone stays.
std::string shell_path(std::string_view path);

}  // namespace amend
