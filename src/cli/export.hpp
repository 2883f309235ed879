// `amend export RUN --csv`: the log of a run as a table for a spreadsheet. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/reporter/journal.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// "row,line,id,status,http,attempts,ms,request_id,at,error_code,error,source,applied,warning" and CRLF.
std::string_view export_header() noexcept;

/// One cell, RFC 4180. One that begins with = + - @ TAB or CR gets a ' before it: a spreadsheet would take it for a
/// formula. So it may differ from what the log says, and is not meant to be fed back.
std::string spreadsheet_cell(std::string_view text);

/// One record as a line, CRLF included.
std::string export_line(const JournalRecord& record);

/// To stdout, or into the new file `options.export_file` (0600). 3 when the log was changed: what stands before the
/// change is written all the same. Throws ConfigError naming --csv or --out, DurabilityError when writing fails.
ExitCode run_export(const Options& options);

}  // namespace amend::cli
