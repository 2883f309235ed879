// `amend export RUN --csv`: writes the log of a run as a table for a spreadsheet. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/run/journal.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// "row,line,id,status,http,attempts,ms,request_id,at,error_code,error,source,applied,warning" and CRLF.
std::string_view export_header() noexcept;

/// One cell by RFC 4180. A cell that begins with = + - @ TAB or CR would be a formula, so it gets a ' in front. So it
/// may differ from the log, and it is not an input for amend.
std::string spreadsheet_cell(std::string_view text);

/// One record as a line, with CRLF.
std::string export_line(const JournalRecord& record);

/// Writes to stdout, or to the new file `options.export_file` (0600). Returns 3 when the log was changed; the records
/// before the change are written.
///
/// Errors: throws ConfigError, which names --csv or --out, and DurabilityError when writing fails.
ExitCode run_export(const Options& options);

}  // namespace amend::cli
