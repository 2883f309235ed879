// `amend check FILE`: reads the whole input once, and reports its format, its faults and the effect of a run. It sends
// nothing, and needs no address and no credentials. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "amend/reader/check.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// 0, or 1 when an operator should look: rows that would be rejected, customers in several rows. 2 when no row of the
/// file may be sent, because it has another encoding.
ExitCode check_exit_code(const CheckReport& report) noexcept;

/// The report as several lines; control characters of foreign text are escaped.
std::string check_text(const Options& options, const CheckReport& report);

/// One JSON object and a line end. Members:
/// - `input`, `format` (csv, ndjson), `encoding`, `delimiter` (null for NDJSON), `bytes`
/// - `columns`: texts such as "name <- Full Name"; `unknown_columns`: those not sent; `blank`: field → empty or null,
///   for the fields whose --blank is not omit
/// - `rows`: read; `to_send`, `superseded`, `rejected_rows`: their sum is `rows`
/// - `rejected`: [{`code`, `rows`, `first`: [{`row`, `line`, `byte`}], `example`, `remedy`}], the most frequent first;
///   `line` and `byte` are null where they are unknown
/// - `findings`: [{`code`, `degree`: damage or hint, `field` (null: the row as a whole), `column` (null for NDJSON),
///   `rows`, `first`, `example` (masked), `remedy`}], damage first; `damaged_rows`: rows with any damage
/// - `suspicious_ids`: [{`code`, `rows`, `first`, `meaning`}], the rejected ids by probable cause
/// - `encoding_trouble`: null, or {`code`: encoding.not_utf8 or encoding.utf8_after_all, `rows`, `first`, `likely`: a
///   name for --encoding or "", `meaning`, `remedy`}
/// - `duplicates`: {`customers`, `rows`, `exact`: false when both are lower bounds, `how`: the --duplicates in effect,
///   `first`: [{`first`, `second`: rows, `rows`: in total}]}
/// - `rate`: "25/s"; `seconds`: for the rows to send at that rate, null when it is unlimited
/// - `hints`: sentences; `clean`; `exit_code`
std::string check_json(const Options& options, const CheckReport& report);

/// `amend update FILE` with the options that describe the input, quoted for a POSIX shell.
std::string update_command_for(const Options& options);

ExitCode run_check(const Options& options);

}  // namespace amend::cli
