// JSON that has to be turned into one object a line first. Layer 0.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "amend/error.hpp"

namespace amend {

/// The input as a whole is not one object a line. `filter()` is what makes it so: jq -c FILTER; empty: the lines end in
/// commas, which sed removes.
class JsonShapeError : public ConfigError {
 public:
  JsonShapeError(const std::string& message, std::string filter) : ConfigError(message), filter_(std::move(filter)) {}
  const std::string& filter() const noexcept { return filter_; }

 private:
  std::string filter_;
};

/// Whether the filter writes rows of CSV, not objects.
bool makes_csv(std::string_view filter) noexcept;

/// The command that writes `file` ("-": standard input) to standard output, one row a line; quoted for a shell.
std::string command_for_lines(const std::string& file, const std::string& filter);

/// .data, or ."my data" where the name needs it: a member in jq.
std::string jq_member(const std::string& name);

}  // namespace amend
