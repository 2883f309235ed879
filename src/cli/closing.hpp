// The last lines of a run: totals, the worst errors, where the files are, what to type next. Pure. Layer 5.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "amend/config.hpp"
#include "amend/reporter/summary.hpp"

namespace amend::cli {

/// What a run was started with, as far as the commands to type next need it.
class RunOrigin {
 public:
  RunOrigin() = default;
  explicit RunOrigin(const Config& config_, std::string check_ = {}) : config(&config_), check(std::move(check_)) {}

  const Config* config = nullptr;  ///< null: not known. Outlives this.
  std::string check;               ///< RunStanding::check
};

/// Several lines, each ending in a line end; control characters of foreign text are escaped. No secret.
std::string closing_text(const Summary& summary, const RunOrigin& origin = RunOrigin());

/// For --quiet: empty after a success, else one line that says how many rows did not succeed and where to look.
std::string closing_line(const Summary& summary);

/// How it ended, its exit code and what became of the rows, in one line without a line end.
std::string ending(const Summary& summary);

/// The commands that bring the rest to its end, one a line; "" when nothing is left to do. File names are quoted for a
/// POSIX shell.
std::string next_commands(const Summary& summary, const RunOrigin& origin = RunOrigin());

/// The first five, each with its count, an example row and what to do; how many more there are, and where to see them.
std::string error_lines(std::span<const ErrorCount> errors, std::string_view where);

}  // namespace amend::cli
