// " (did you mean update?)": what somebody may have meant who typed a name that does not exist. Layer 5.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace amend::cli {

/// Empty when no name is near. `before` is put before the name: "--".
std::string suggestion(std::string_view typed, std::span<const std::string_view> names, std::string_view before = "");

std::string suggested_command(std::string_view typed);
/// A command or a help topic.
std::string suggested_topic(std::string_view typed);
/// An option of `command`, or of the program when no command has that name. `typed` begins with its dashes.
std::string suggested_option(std::string_view typed, std::string_view command);

}  // namespace amend::cli
