// A path as it is typed. Layer 0, pure.
#pragma once

#include <string>
#include <string_view>

namespace amend {

/// The path for a shell, as shell_quoted() gives it. One that begins with '-' would be taken for an option and becomes
/// ./-x; "-" alone stays.
std::string shell_path(std::string_view path);

}  // namespace amend
