#include "cli/command/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "cli/command/opening.hpp"
#include "cli/option/config_file.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view save_option = "--save-config";

std::string_view class_of(std::string_view id_trouble) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> meanings{
      {{"id.scientific", "a number in scientific notation: a spreadsheet converted the id"},
       {"id.leading_zeros", "a group of the uuid is too short: its leading zeros were lost"},
       {"id.length", "not 36 characters"},
       {"id.spaces", "spaces or invisible characters around the id: --trim removes them"},
       {"id.formula", "an apostrophe before the id, or =\"…\" around it: --strip-formula removes them"},
       {"id.quotes", "the quotes around the id are not the CSV quote \""},
       {"id.other", "36 characters, but not a uuid"}}};
  for (const auto& [code, meaning] : meanings) {
    if (code == id_trouble) return meaning;
  }
  return {};
}

std::string_view remedy_for(const Finding& finding) {
  const OwnCode* own = find_own_code(finding.code);
  return own ? own->remedy : std::string_view();
}

std::string place_lines(const Finding& finding) {
  std::string out;
  for (const Position& position : finding.first) out += line("", "  " + where(position));
  return out;
}

std::string rejected_lines(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out +=
        line(out.empty() ? "rejected" : "", fmt::format("{} x {}, e.g. {}", show_count(finding.rows),
                                                        printable(finding.code, 80), printable(finding.example, 160)));
    out += place_lines(finding);
    if (const std::string_view remedy = remedy_for(finding); !remedy.empty()) {
      out += line("", fmt::format("  -> {}", remedy));
    }
  }
  return out;
}

std::string damage_lines(const InputFindings& findings) {
  std::string out;
  for (const FieldFinding& finding : findings.fields) {
    if (finding.degree != Degree::damage) continue;
    out += line(out.empty() ? "damage" : "", finding_text(finding));
    for (const Position& position :
         std::span(finding.first).first(std::min(finding.first.size(), finding_examples_max)))
      out += line("", "  " + where(position));
    out += line("", fmt::format("  -> {}", remedy_of(finding)));
  }
  return out;
}

std::string id_lines(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += line(out.empty() ? "ids" : "",
                fmt::format("{} x {}: {}", show_count(finding.rows), finding.code, class_of(finding.code)));
    out += place_lines(finding);
  }
  return out;
}

std::string rows_text(const Options& options, const CheckReport& report) {
  std::string text = fmt::format("{} read, {} would be sent", show_count(report.rows),
                                 show_count(rows_to_send(report, options.config.input.duplicates)));
  if (report.superseded > 0) text += fmt::format(", {} superseded", show_count(report.superseded));
  return text + fmt::format(", {} rejected", show_count(rows_rejected(report)));
}

std::string next_line(const Options& options, const CheckReport& report) {
  if (report.encoding_trouble) return line("next", command_with_encoding(options, report.encoding_trouble->likely));
  if (rows_to_send(report, options.config.input.duplicates) == 0) return {};
  const bool is_piped = options.config.input.file == "-";
  std::string out = line("next", update_command_for(options) + (is_piped ? "   # with the same input" : ""));
  if (!report.rejected.empty()) {
    const std::string_view file = report.format == Format::ndjson ? "rejected.ndjson" : "rejected.csv";
    out += line("", fmt::format("rejected rows are not sent; amend writes them to {}, each with its reason", file));
  }
  return out;
}

std::string encoding_lines(const CheckReport& report) {
  if (!report.encoding_trouble) return {};
  return line("encoding", describe(*report.encoding_trouble)) + line("", "  -> " + remedy(*report.encoding_trouble));
}

json::array texts(const std::vector<std::string>& from) {
  json::array out;
  for (const std::string& text : from) out.emplace_back(whole(text));
  return out;
}

json::array places_json(const Finding& finding) {
  json::array out;
  for (const Position& position : finding.first) {
    json::object place{{"row", position.row}, {"line", nullptr}, {"byte", nullptr}};
    if (position.line != 0) {
      place["line"] = position.line;
      place["byte"] = position.byte;
    }
    out.push_back(std::move(place));
  }
  return out;
}

json::array rejected_json(const std::vector<Finding>& findings) {
  json::array out;
  for (const Finding& finding : findings) {
    out.push_back(json::object{{"code", whole(finding.code)},
                               {"rows", finding.rows},
                               {"first", places_json(finding)},
                               {"example", whole(finding.example)},
                               {"remedy", remedy_for(finding)}});
  }
  return out;
}

json::array findings_json(const InputFindings& findings) {
  json::array out;
  for (const FieldFinding& finding : findings.fields) {
    json::array first;
    for (const Position& at : finding.first)
      first.push_back(json::object{{"row", at.row}, {"line", at.line}, {"byte", at.byte}});
    out.push_back(json::object{{"code", finding.code},
                               {"degree", finding.degree == Degree::damage ? "damage" : "hint"},
                               {"field", finding.field.empty() ? json::value(nullptr) : json::value(finding.field)},
                               {"column", finding.column == 0 ? json::value(nullptr) : json::value(finding.column)},
                               {"rows", finding.rows},
                               {"first", std::move(first)},
                               {"example", whole(finding.example)},
                               {"remedy", remedy_of(finding)}});
  }
  return out;
}

json::array ids_json(const std::vector<Finding>& findings) {
  json::array out;
  for (const Finding& finding : findings) {
    out.push_back(json::object{{"code", finding.code},
                               {"rows", finding.rows},
                               {"first", places_json(finding)},
                               {"meaning", class_of(finding.code)}});
  }
  return out;
}

json::object duplicates_json(const CheckReport& report, Duplicates how) {
  json::array first;
  for (const DuplicateRows& rows : report.duplicates.first) {
    first.push_back(json::object{{"first", rows.first}, {"second", rows.second}, {"rows", rows.rows}});
  }
  return json::object{{"customers", report.duplicates.ids},
                      {"rows", report.duplicates.rows},
                      {"exact", report.duplicates.exact},
                      {"how", to_string(how)},
                      {"first", std::move(first)}};
}

json::value encoding_json(const std::optional<EncodingTrouble>& trouble) {
  if (!trouble) return nullptr;
  Finding finding;
  finding.first = trouble->first;
  const bool utf8 = trouble->kind == EncodingTrouble::Kind::utf8_after_all;
  return json::object{{"code", utf8 ? "encoding.utf8_after_all" : "encoding.not_utf8"},
                      {"rows", trouble->rows},
                      {"first", places_json(finding)},
                      {"likely", utf8 ? "utf-8" : json::value(json::string(trouble->likely))},
                      {"meaning", describe(*trouble)},
                      {"remedy", remedy(*trouble)}};
}

json::object blanks_json(const MappingConfig& mapping) {
  json::object out;
  for (const auto& [field, blank] : mapping.blanks) {
    if (blank != Blank::omit) out[field] = blank == Blank::empty ? "empty" : "null";
  }
  return out;
}

std::string config_text(const Options& options) {
  std::string text = "# amend: options for the input and its columns; use this file with --config\n";
  for (const Setting& setting : options.input_settings) text += config_line(setting.name, setting.values);
  return text;
}

void refuse_existing(const std::string& path) {
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(std::filesystem::symlink_status(path, error))) return;
  throw ConfigError(fmt::format("{}: {} exists already; name a new file", save_option, printable(path)));
}

}  // namespace

ExitCode check_exit_code(const CheckReport& report) noexcept {
  if (report.encoding_trouble) return ExitCode::usage;
  return report.clean() ? ExitCode::success : ExitCode::some_rows_failed;
}

std::string update_command_for(const Options& options) {
  const std::string out = input_command(Command::update, options);
  return options.config.input.file == "-" ? out + " --yes" : out;
}

std::string check_text(const Options& options, const CheckReport& report) {
  const InputConfig& input = options.config.input;
  std::string what = input.file == "-" ? "standard input" : printable(input.file);
  what += ", " + input_kind(report.format, report.delimiter, report.encoding) + ", " + show_bytes(report.bytes);
  std::string out =
      report.clean() ? "clean: every row would be sent\n" : "look at the rows listed below before the update\n";
  out += line("input", what);
  for (const std::string& field : report.mapping) {
    out += line(&field == &report.mapping.front() ? "columns" : "", printable(field));
  }
  if (!report.unknown_columns.empty()) out += line("not sent", join_printable(report.unknown_columns));
  out += encoding_lines(report);
  out += line("rows", rows_text(options, report));
  out += rejected_lines(report.rejected);
  out += id_lines(report.suspicious_ids);
  out += damage_lines(report.findings);
  if (const std::string twice = duplicates_text(report, input.duplicates); !twice.empty()) out += line("twice", twice);
  out += line("time", time_text(rows_to_send(report, input.duplicates), options.config.load.rate));
  for (const std::string& hint : report.hints) out += line("hint", printable(hint));
  out += odd_value_lines(report.findings);
  return out + next_line(options, report);
}

std::string check_json(const Options& options, const CheckReport& report) {
  const Config& config = options.config;
  const bool csv = report.format == Format::csv;
  const std::uint64_t send = rows_to_send(report, config.input.duplicates);
  const auto time = time_at_rate(send, config.load.rate);
  const json::object out{
      {"input", whole(config.input.file)},
      {"format", csv ? "csv" : "ndjson"},
      {"encoding", whole(report.encoding)},
      {"delimiter", csv ? json::value(json::string(1, report.delimiter)) : json::value()},
      {"bytes", report.bytes},
      {"columns", texts(report.mapping)},
      {"unknown_columns", texts(report.unknown_columns)},
      {"blank", blanks_json(config.mapping)},
      {"rows", report.rows},
      {"to_send", send},
      {"superseded", report.superseded},
      {"rejected_rows", rows_rejected(report)},
      {"rejected", rejected_json(report.rejected)},
      {"suspicious_ids", ids_json(report.suspicious_ids)},
      {"encoding_trouble", encoding_json(report.encoding_trouble)},
      {"damaged_rows", report.findings.damaged_rows},
      {"findings", findings_json(report.findings)},
      {"duplicates", duplicates_json(report, config.input.duplicates)},
      {"rate", show_rate(config.load.rate)},
      {"seconds", time.count() < 0 ? json::value() : json::value(static_cast<double>(time.count()) / 1e3)},
      {"hints", texts(report.hints)},
      {"clean", report.clean()},
      {"exit_code", static_cast<int>(check_exit_code(report))}};
  return json::serialize(out) + "\n";
}

ExitCode run_check(const Options& options) {
  refuse_existing(options.save_config);
  const std::atomic<bool> never{false};  // a signal ends the process (exit_on_signals)
  const CheckReport report = check_input(options.config.input, options.config.mapping, never);
  if (!options.save_config.empty()) write_new_file(save_option, options.save_config, config_text(options));
  if (options.json) {
    print(check_json(options, report));
  } else if (!options.quiet) {
    print(check_text(options, report));
  }
  return check_exit_code(report);
}

}  // namespace amend::cli
