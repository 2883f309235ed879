// The functions that store the value of an option, where they need more than a line of option_table.cpp. Layer 5.
//
// Errors. ConfigError: one line that names the option and the values that it accepts.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

std::uint32_t parse_number(std::string_view option, const std::string& value, std::uint32_t least, std::uint32_t most);

/// The value that the word stands for.
template <class Value, std::size_t N>
Value choose(std::string_view option, const std::string& value, const Spellings<Value, N>& choices) {
  std::string names;
  for (const auto& [name, choice] : choices) {
    if (value == name) return choice;
    if (!names.empty()) names += ", ";
    names += name;
  }
  throw ConfigError(fmt::format("{} must be one of {}, got \"{}\"", option, names, printable(value, 60)));
}

void set_progress(Options& options, std::string_view option, const std::string& value);
void set_connect_timeout(Options& options, std::string_view option, const std::string& value);
void set_deadline(Options& options, std::string_view option, const std::string& value);  // "8h", "06:00"
void set_failures(Options& options, std::string_view option, const std::string& value);  // "500", "2%"
void set_sample(Options& options, std::string_view option, const std::string& value);    // "5%"
void set_guard(Options& options, std::string_view option, const std::string& value);     // "reference_number=COLUMN"
void add_blank(Options& options, std::string_view option, const std::string& value);     // "phone=empty"
void choose_only(Options& options, std::string_view option, const std::string& value);   // "failed,unknown"

}  // namespace amend::cli
