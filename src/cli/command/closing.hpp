// The last lines of a run: totals, the worst errors, the places of the files, the next commands. Pure. Layer 5.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "amend/config.hpp"
#include "amend/run/summary.hpp"

namespace amend::cli {

/// The settings of a run that the next commands need.
class RunOrigin {
 public:
  RunOrigin() = default;
  explicit RunOrigin(const Config& config_, std::string check_ = {}) : config(&config_), check(std::move(check_)) {}

  const Config* config = nullptr;  ///< null: unknown. It must outlive this object.
  std::string check;               ///< RunStanding::check
};

/// Several lines, each with a line end. Control characters of foreign text are escaped, and no secret is shown.
std::string closing_text(const Summary& summary, const RunOrigin& origin = RunOrigin());

/// For --quiet: empty after a success, otherwise one line with the number of rows that did not succeed and where to
/// look.
std::string closing_line(const Summary& summary);

/// The ending, the exit code and the rows by status, in one line without a line end.
std::string ending(const Summary& summary);

/// The commands that finish the remaining rows, one per line; "" when no row remains. File names are quoted for a POSIX
/// shell.
std::string next_commands(const Summary& summary, const RunOrigin& origin = RunOrigin());

/// The first five errors, each with its count, an example row and a remedy. Then the number of further ones, and where
/// to see them.
std::string error_lines(std::span<const ErrorCount> errors, std::string_view where);

}  // namespace amend::cli
