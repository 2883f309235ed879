// " (did you mean update?)": suggests an existing name for a mistyped one. Layer 5.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace amend::cli {

/// Empty when no name is close. `before` is written in front of the name: "--".
std::string suggestion(std::string_view typed, std::span<const std::string_view> names, std::string_view before = "");

std::string suggested_command(std::string_view typed);
/// Suggests a command or a help topic.
std::string suggested_topic(std::string_view typed);
/// Suggests an option of `command`, or of the program when no command has that name. `typed` begins with its dashes.
std::string suggested_option(std::string_view typed, std::string_view command);

}  // namespace amend::cli
