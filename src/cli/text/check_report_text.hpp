// The results of a check as text, for `check` and the opening of `update`. Pure. Layer 5.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reader/check.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// "CSV, UTF-8, separator ;" or "NDJSON, UTF-8".
std::string input_kind(Format format, char delimiter, std::string_view encoding);

/// "row 17, line 18, byte 900"; only "row 17" when the rest is unknown.
std::string where(const Position& position);

/// The rows that would be sent with this --duplicates.
std::uint64_t rows_to_send(const CheckReport& report, Duplicates duplicates);

std::uint64_t rows_rejected(const CheckReport& report);

/// "order", "last", …: the spelling of --duplicates.
std::string_view to_string(Duplicates duplicates) noexcept;

/// The least time for these requests at this --rate; negative: unknown (unlimited, auto).
std::chrono::milliseconds time_at_rate(std::uint64_t rows, const RateSetting& rate);

/// "about 21.1 s at 25/s, without retries".
std::string time_text(std::uint64_t rows, const RateSetting& rate);

/// Whether these requests fit into `allowed`: "in 7 h 12 min: fits, …" or "…: does not fit, …".
std::string deadline_text(std::uint64_t rows, const RateSetting& rate, std::chrono::milliseconds allowed);

/// The line in the opening of a run with --deadline; otherwise empty. `rows` are to be sent; nullopt: unknown.
std::string deadline_line(const Config& config, std::optional<std::uint64_t> rows,
                          std::chrono::system_clock::time_point now);

/// For example "3 customers in 7 rows: …"; empty without duplicates.
std::string duplicates_text(const CheckReport& report, Duplicates duplicates);

/// "2 x value.scientific in phone (column 3), e.g. 8… (11 characters)"
std::string finding_text(const FieldFinding& finding);

std::string_view remedy_of(const FieldFinding& finding);

/// Damage in values: one line per finding, with its first place. Empty without damage.
std::string damaged_value_lines(const InputFindings& findings);

/// The same for hints, each with a remedy.
std::string odd_value_lines(const InputFindings& findings);

/// The lines of update's opening that need the check.
std::string check_lines(const Options& options, const CheckReport& report);

/// For --strict: throws ConfigError(ExitCode::input), which names the first row that would be rejected. `check` is the
/// command that shows all of them.
void refuse_rejected(const CheckReport& report, const std::string& check = {});

}  // namespace amend::cli
