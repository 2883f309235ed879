// Reports JSON input that must first be turned into one object per line. Layer 0.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "amend/error.hpp"

namespace amend {

/// The input as a whole is not one object per line. `jq -c FILTER` repairs it, and filter() returns FILTER. An empty
/// filter means that the lines end in commas, which sed removes.
class JsonShapeError : public ConfigError {
 public:
  JsonShapeError(const std::string& message, std::string filter) : ConfigError(message), filter_(std::move(filter)) {}
  const std::string& filter() const noexcept { return filter_; }

 private:
  std::string filter_;
};

/// Whether the filter writes rows of CSV instead of objects.
bool makes_csv(std::string_view filter) noexcept;

/// The command that writes `file` ("-": standard input) to standard output, one row per line. It is quoted for a shell.
std::string command_for_lines(const std::string& file, const std::string& filter);

/// A member as jq writes it: .data, or ."my data" when the name needs quotes.
std::string jq_member(const std::string& name);

}  // namespace amend
