#include "cli/text/reconcile_text.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "amend/wonder/customer_schema.hpp"
#include "cli/option/units.hpp"
#include "cli/text/report_line.hpp"
#include "reader/mapping/value_finding.hpp"
#include "row/shell_path.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

std::string_view class_of(RowSign sign) noexcept {
  switch (sign) {
    case RowSign::same: return "the same";
    case RowSign::differs: return "differ";
    case RowSign::only_file: return "only in the file: the API has no such customer";
    case RowSign::only_api: return "only at the API: no row names this customer";
    case RowSign::unreadable:
      return "skipped: invalid row, unreadable customer, or changed by another client; the plan contains the reasons";
    case RowSign::superseded: return "another row of the customer is sent instead (--duplicates)";
    case RowSign::passed_over: return "not compared";
  }
  return {};
}

std::string_view name_of(RowSign sign) noexcept {
  switch (sign) {
    case RowSign::same: return "same";
    case RowSign::differs: return "differs";
    case RowSign::only_file: return "only_file";
    case RowSign::only_api: return "only_api";
    case RowSign::unreadable: return "unreadable";
    case RowSign::superseded: return "superseded";
    case RowSign::passed_over: return "passed_over";
  }
  return {};
}

std::string shown(const ReconcileConfig& config, std::string_view value) {
  return config.show_values ? "\"" + printable(value, 80) + "\"" : masked(value);
}

std::string how_it_was_read(const ReconcileReport& report) {
  const std::string requests = plural(report.requests, "request");
  if (report.look_up == LookUp::each) return "one by one (--look-up each), " + requests;
  std::string text = "page by page (--look-up list), " + requests;
  if (report.list_moved) text += "; customers were created or deleted while the list was read";
  if (report.looked_up_again > 0)
    text += fmt::format("; {} missing from the list: looked up one by one", plural(report.looked_up_again, "row"));
  return text;
}

std::string field_lines(const ReconcileConfig& config, std::string_view name, const FieldReport& field) {
  std::string out;
  if (field.differs > 0) out += line("", fmt::format("{:<22} {:>12}", name, show_count(field.differs)));
  for (const FieldExample& example : field.examples) {
    out += line("", fmt::format("{:<22} {:>12}  row {}: {} -> {}", "", "", example.row, shown(config, example.api),
                                shown(config, example.file)));
  }
  if (field.cannot_be_cleared > 0) {
    out += line(
        "", fmt::format("{:<22} {:>12}  \"\" in the file: not a difference, because the API does not clear this field",
                        name, show_count(field.cannot_be_cleared)));
  }
  return out;
}

json::object field_object(const ReconcileConfig& config, std::string_view name, const FieldReport& field) {
  json::array examples;
  for (const FieldExample& example : field.examples)
    examples.push_back(
        json::object{{"row", example.row}, {"api", shown(config, example.api)}, {"file", shown(config, example.file)}});
  return {{"field", name},
          {"differs", field.differs},
          {"cannot_be_cleared", field.cannot_be_cleared},
          {"cannot_be_undone", field.cannot_be_undone},
          {"examples", std::move(examples)}};
}

}  // namespace

std::string reconcile_text(const ReconcileConfig& config, const ReconcileReport& report) {
  std::string out = line("compared", fmt::format("{} with {} read from the API {}", plural(report.rows, "row"),
                                                 plural(report.customers, "customer"), how_it_was_read(report)));
  for (const RowSign sign : all_row_signs) {
    if (sign == RowSign::only_api && !config.show_missing) continue;
    const bool rare = sign == RowSign::superseded || sign == RowSign::passed_over;
    if (rare && report.count(sign) == 0) continue;
    out +=
        line("", fmt::format("{} {:>12}  {}", static_cast<char>(sign), show_count(report.count(sign)), class_of(sign)));
  }
  if (report.other_zeros > 0)
    out += line("",
                fmt::format("  {}: another customer's reference_number differs from the row's only by leading zeros. A "
                            "spreadsheet may have removed them. Restore the zeros, or name the customer by its id",
                            plural(report.other_zeros, "row")));
  std::string fields;
  for (std::size_t i = 0; i < report.fields.size(); ++i)
    fields += field_lines(config, wonder::customer_fields()[i].name, report.fields[i]);
  if (!fields.empty())
    out += line("fields", fmt::format("{:<22} {:>12}  the first differences, API -> file", "", "differ")) + fields;
  if (report.not_compared > 0) {
    out += line(
        "",
        fmt::format("company_name of {} is not compared: the API never returns it (to send it: --company-name always)",
                    plural(report.not_compared, "row")));
  }
  return out + line("plan", report.plan_file);
}

std::string reconcile_json(const ReconcileConfig& config, const ReconcileReport& report, const Summary* applied) {
  json::object signs;
  for (const RowSign sign : all_row_signs) signs[name_of(sign)] = report.count(sign);
  json::array fields;
  for (std::size_t i = 0; i < report.fields.size(); ++i)
    fields.push_back(field_object(config, wonder::customer_fields()[i].name, report.fields[i]));
  const json::object out{{"rows", report.rows},
                         {"customers", report.customers},
                         {"look_up", report.look_up == LookUp::list ? "list" : "each"},
                         {"list_moved", report.list_moved},
                         {"requests", report.requests},
                         {"company_name_not_compared", report.not_compared},
                         {"other_zeros", report.other_zeros},
                         {"signs", std::move(signs)},
                         {"fields", std::move(fields)},
                         {"run", report.run_directory},
                         {"plan", report.plan_file},
                         {"applied", applied != nullptr ? json::parse(to_json(*applied)) : json::value()}};
  return json::serialize(out) + "\n";
}

std::string nothing_looked_at(const Config& config, const ReconcileReport& report) {
  if (report.looked_at_any()) return {};
  if (config.does().reads_back)
    return line("verify", "no customer was read: no row of " + printable(config.reconcile.of_run) +
                              " has ended as success or unchanged, so nothing is verified (exit code 1)");
  if (config.reconcile.baseline.empty()) return {};
  return line("baseline", "the file has no row to compare, so amend read no customer (exit code 1)");
}

std::string before_applying(const ReconcileReport& report) {
  const std::uint64_t rows = report.count(RowSign::differs);
  if (rows == 0) return line("apply", "nothing differs, nothing is sent");
  std::string out = line("apply", fmt::format("{} to be sent; `amend undo {}` restores the previous values, except:",
                                              plural(rows, "row"), shell_path(report.run_directory)));
  bool all = true;
  for (std::size_t i = 0; i < report.fields.size(); ++i) {
    const FieldReport& field = report.fields[i];
    if (field.cannot_be_undone == 0) continue;
    all = false;
    const std::string_view name = wonder::customer_fields()[i].name;
    const std::string_view why =
        name == "company_name"
            ? "the API never returns its value"
            : "the API does not accept the previous value, or the field was empty and cannot be cleared";
    out += line("", fmt::format("  {} of {}: {}", name, plural(field.cannot_be_undone, "row"), why));
  }
  if (all)
    return line("apply", fmt::format("{} to be sent; `amend undo {}` restores the previous values", plural(rows, "row"),
                                     shell_path(report.run_directory)));
  return out;
}

}  // namespace amend::cli
