#include "cli/text/check_report_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "amend/error.hpp"
#include "cli/option/units.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/report_line.hpp"

namespace amend::cli {
namespace {

std::string fate(const CheckReport& report, Duplicates duplicates) {
  switch (duplicates) {
    case Duplicates::order: return "sent in the order of the file";
    case Duplicates::last:
    case Duplicates::first:
      return fmt::format("the {} row of each customer is sent, {} superseded", to_string(duplicates),
                         plural(report.superseded, "row"));
    case Duplicates::reject: return "none of these rows is sent";
  }
  return {};
}

// For a rate that is fixed and limited.
std::uint64_t rows_in(std::chrono::milliseconds allowed, const RateSetting& rate) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(allowed) / rate.interval);
}

}  // namespace

std::string input_kind(Format format, char delimiter, std::string_view encoding) {
  std::string text = format == Format::ndjson ? "NDJSON" : "CSV";
  if (!encoding.empty()) text += ", " + printable(encoding, 60);
  if (format == Format::ndjson) return text;
  switch (delimiter) {
    case ',': return text + ", separator comma";
    case '\t': return text + ", separator TAB";
    case ' ': return text + ", separator space";
    default: return text + ", separator " + printable(std::string_view(&delimiter, 1));
  }
}

std::string where(const Position& position) {
  if (position.line == 0) return fmt::format("row {}", position.row);
  return fmt::format("row {}, line {}, byte {}", position.row, position.line, position.byte);
}

std::uint64_t rows_to_send(const CheckReport& report, Duplicates duplicates) {
  const std::uint64_t refused = duplicates == Duplicates::reject ? report.duplicates.rows : 0;
  return report.sendable - report.superseded - refused;
}

std::uint64_t rows_rejected(const CheckReport& report) {
  std::uint64_t rows = 0;
  for (const Finding& finding : report.rejected) rows += finding.rows;
  return rows;
}

std::string_view to_string(Duplicates duplicates) noexcept {
  switch (duplicates) {
    case Duplicates::order: return "order";
    case Duplicates::last: return "last";
    case Duplicates::first: return "first";
    case Duplicates::reject: return "reject";
  }
  return {};
}

std::chrono::milliseconds time_at_rate(std::uint64_t rows, const RateSetting& rate) {
  if (rate.mode == RateMode::adaptive || rate.interval.count() <= 0) return std::chrono::milliseconds(-1);
  const double ms = static_cast<double>(rows) * static_cast<double>(rate.interval.count()) / 1e6;
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

std::string time_text(std::uint64_t rows, const RateSetting& rate) {
  if (rate.mode == RateMode::adaptive) return "as fast as the API accepts requests without 429 (--rate auto)";
  const auto time = time_at_rate(rows, rate);
  if (time.count() < 0) return "as fast as the API responds (--rate unlimited)";
  return fmt::format("about {} at {}, without retries", show_duration(time), show_rate(rate.interval));
}

std::string deadline_text(std::uint64_t rows, const RateSetting& rate, std::chrono::milliseconds allowed) {
  const std::string until = "in " + show_duration(allowed);
  const auto needed = time_at_rate(rows, rate);
  if (needed.count() < 0) return until + "; rows not sent until then stay unsent";
  if (needed <= allowed) return until + ": enough for all rows, with " + show_duration(allowed - needed) + " left";
  return fmt::format("{}: not enough time; amend sends about {} of {} rows until then, the other rows stay unsent",
                     until, show_count(std::min(rows_in(allowed, rate), rows)), show_count(rows));
}

std::string deadline_line(const Config& config, std::optional<std::uint64_t> rows,
                          std::chrono::system_clock::time_point now) {
  const auto allowed = time_allowed(config.deadline, now);
  if (allowed.count() == 0) return {};
  if (rows) return line("deadline", deadline_text(*rows, config.load.rate, allowed));
  std::string text = "in " + show_duration(allowed);
  if (config.load.rate.mode == RateMode::fixed && config.load.rate.interval.count() > 0)
    text += fmt::format(": about {} rows until then", show_count(rows_in(allowed, config.load.rate)));
  return line("deadline", text + "; the total number of rows is unknown; rows not sent until then stay unsent");
}

std::string duplicates_text(const CheckReport& report, Duplicates duplicates) {
  const DuplicateCount& count = report.duplicates;
  if (count.ids == 0)
    return count.exact ? "" : fmt::format("no duplicates in the first {}", plural(count.rows_seen, "row"));
  std::string text = fmt::format("{}{} in {}: {}", count.exact ? "" : "at least ", plural(count.ids, "customer"),
                                 plural(count.rows, "row"), fate(report, duplicates));
  for (const DuplicateRows& rows : count.first) {
    text += &rows == &count.first.front() ? "; e.g. " : ", ";
    text += fmt::format("rows {} and {}", rows.first, rows.second);
    if (rows.rows > 2) text += fmt::format(" (and {} more)", rows.rows - 2);
  }
  return text;
}

std::string_view remedy_of(const FieldFinding& finding) {
  const OwnCode* own = find_own_code(finding.code);
  return own ? own->remedy : std::string_view();
}

std::string finding_text(const FieldFinding& finding) {
  std::string text = fmt::format("{} x {}", show_count(finding.rows), finding.code);
  if (!finding.field.empty()) text += " in " + finding.field;
  if (finding.column > 0) text += fmt::format(" (column {})", finding.column);
  return text + ", e.g. " + printable(finding.example, 80);
}

std::string odd_value_lines(const InputFindings& findings) {
  std::string out;
  for (const FieldFinding& finding : findings.fields)
    if (finding.degree == Degree::hint)
      out += line("hint",
                  fmt::format("{}, {}: {}", finding_text(finding), where(finding.first.front()), remedy_of(finding)));
  return out;
}

std::string damaged_value_lines(const InputFindings& findings) {
  std::string out;
  for (const FieldFinding& finding : findings.fields)
    if (finding.degree == Degree::damage)
      out +=
          line(out.empty() ? "damage" : "", fmt::format("{}, {}", finding_text(finding), where(finding.first.front())));
  return out;
}

std::string check_lines(const Options& options, const CheckReport& report) {
  const InputConfig& input = options.config.input;
  const std::uint64_t send = rows_to_send(report, input.duplicates);
  const std::uint64_t rejected = rows_rejected(report);
  std::string text = fmt::format("{}: {} to send", plural(report.rows, "row"), show_count(send));
  if (report.superseded > 0) text += fmt::format(", {} superseded", show_count(report.superseded));
  if (rejected > 0) {
    text += fmt::format(", {} would be rejected ({} shows them)", show_count(rejected),
                        input_command(Command::check, options));
  }
  std::string out = line("check", text);
  if (const std::string twice = duplicates_text(report, input.duplicates); !twice.empty()) out += line("twice", twice);
  for (const std::string& hint : report.hints) out += line("hint", printable(hint));
  out += damaged_value_lines(report.findings) + odd_value_lines(report.findings);
  return out + line("time", time_text(send, options.config.load.rate)) +
         deadline_line(options.config, send, std::chrono::system_clock::now());
}

void refuse_rejected(const CheckReport& report, const std::string& check) {
  const Finding* earliest = nullptr;
  for (const Finding& finding : report.rejected) {
    if (finding.first.empty()) continue;
    if (!earliest || finding.first.front().row < earliest->first.front().row) earliest = &finding;
  }
  if (!earliest) return;
  throw ConfigError(
      fmt::format("--strict: {} would be rejected, {}: {}; nothing was sent", where(earliest->first.front()),
                  printable(earliest->code, 80), printable(earliest->example)),
      ExitCode::input, check);
}

}  // namespace amend::cli
