// What a preflight found, in words for people: shared by `check` and the opening of `update`. Pure. Layer 5.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reader/preflight.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// "CSV, UTF-8, separator ;" or "NDJSON, UTF-8".
std::string input_kind(Format format, char delimiter, std::string_view encoding);

/// "row 17, line 18, byte 900"; "row 17" when no more is known.
std::string where(const Position& position);

/// Rows that would be sent with this --duplicates.
std::uint64_t rows_to_send(const PreflightReport& report, Duplicates duplicates);

std::uint64_t rows_rejected(const PreflightReport& report);

/// "order", "last", …: the spelling of --duplicates.
std::string_view to_string(Duplicates duplicates) noexcept;

/// How long so many requests take at least at this --rate; negative: nothing says so (unlimited, auto).
std::chrono::milliseconds time_at_rate(std::uint64_t rows, const RateSetting& rate);

/// "about 21.1 s at 25/s, without retries".
std::string time_text(std::uint64_t rows, const RateSetting& rate);

/// Whether so many requests fit into `allowed`: "in 7 h 12 min: fits, …" or "…: does not fit, …".
std::string deadline_text(std::uint64_t rows, const RateSetting& rate, std::chrono::milliseconds allowed);

/// The line for the opening of a run with --deadline; empty without. `rows`: to be sent; nullopt: not known.
std::string deadline_line(const Config& config, std::optional<std::uint64_t> rows,
                          std::chrono::system_clock::time_point now);

/// "3 customers stand in 7 rows: …"; empty when there are none.
std::string duplicates_text(const PreflightReport& report, Duplicates duplicates);

/// "2 x value.scientific in phone (column 3), e.g. 8… (11 characters)"
std::string finding_text(const FieldFinding& finding);

std::string_view remedy_of(const FieldFinding& finding);

/// Damage in values: one line a finding, with its first place. Empty when there is none.
std::string damaged_value_lines(const InputFindings& findings);

/// The same for hints, each with what to do.
std::string odd_value_lines(const InputFindings& findings);

/// The lines of update's opening that need the preflight.
std::string preflight_lines(const Options& options, const PreflightReport& report);

/// For --strict: throws ConfigError(ExitCode::input) naming the first row that would be rejected, if there is one.
/// `check`: the command that shows them all.
void refuse_rejected(const PreflightReport& report, const std::string& check = {});

}  // namespace amend::cli
