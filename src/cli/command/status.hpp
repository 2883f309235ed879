// `amend status RUN`: the results of the rows of a run and of its retries. It only reads. Layer 5.
#pragma once

#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/run/run_view.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// The errors of all rows that did not succeed, by their final records. Reads the logs.
ErrorTally errors_of(const RunView& view);

/// 0 when every row of the input is success or superseded. 3 when a log is damaged, or a retry beside the run cannot be
/// read. Otherwise 1, also when the result is unknown.
ExitCode status_exit_code(const RunView& view) noexcept;

/// The commands for the remaining rows, one per line. File names are quoted for a POSIX shell.
std::vector<std::string> commands_left(const RunView& view);

/// Several lines; control characters of foreign text are escaped.
std::string status_text(const RunView& view, const ErrorTally& errors);

/// One JSON object and a line end. Members:
/// - `run`, `input`
/// - `runs`: the chain, the first run first: [{`run`, `parent` (null for the first), `started_at`, `ended`, `records`,
///   `stop_reason`, `torn_bytes`, `damaged_at`}]; `stop_reason` and `damaged_at` may be null
/// - `unreadable`: directories beside the run that may be later retries, and cannot be read
/// - `rows`: {`total`, `success`, `failed`, `unknown`, `rejected`, `superseded`, `unchanged`, `unsent`}, each row by
///   its final record; `total` and `unsent` are null when they are unknown
/// - `errors`: [{`code`, `count`, `example`: {`row`, `line`, `id`, `error`}}], the most frequent first, at most 10
/// - `next`: commands; `exit_code`
std::string status_json(const RunView& view, const ErrorTally& errors);

ExitCode run_status(const Options& options);

}  // namespace amend::cli
