#include "cli/reconcile.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stop_token>
#include <thread>

#include "amend/wonder/customer_schema.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/opening.hpp"
#include "cli/report_line.hpp"
#include "cli/units.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

std::string_view meaning_of(RowSign sign) noexcept {
  switch (sign) {
    case RowSign::same: return "the same";
    case RowSign::differs: return "differ";
    case RowSign::only_file: return "only in the file: the API has no such customer";
    case RowSign::only_api: return "only at the API: no row names this customer";
    case RowSign::unreadable: return "could not be read: the row, or its customer";
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
  }
  return {};
}

std::string shown(const ReconcileConfig& config, std::string_view value) {
  return config.show_values ? "\"" + printable(value, 80) + "\"" : masked(value);
}

std::string how_it_was_read(const ReconcileReport& report) {
  const std::string requests = plural(report.requests, "request");
  if (report.look_up == LookUp::each) return "one by one (--look-up each), " + requests;
  std::string text = "by its list (--look-up list), " + requests;
  if (report.list_moved)
    text += fmt::format("; customers came or went meanwhile: {} asked for one by one",
                        plural(report.looked_up_again, "row"));
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
    out += line("", fmt::format("{:<22} {:>12}  \"\" in the file, which the API takes for unchanged: no difference",
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
          {"examples", std::move(examples)}};
}

/// Says every five seconds how far it is.
class ReadingProgress {
 public:
  ReadingProgress(const Reconciliation& reconciliation, const Options& options) {
    if (options.quiet) return;
    thread_ = std::jthread([&metrics = reconciliation.metrics()](const std::stop_token& over) {
      constexpr std::chrono::seconds interval{5};
      std::mutex mutex;
      std::condition_variable_any asleep;
      std::unique_lock lock(mutex);
      while (!asleep.wait_for(lock, over, interval, [&] { return over.stop_requested(); })) {
        const std::string text = fmt::format("{} answered, {} retries", plural(metrics.rows_ended(), "request"),
                                             show_count(metrics.retries.value() + metrics.requeues.value()));
        std::fputs(line("reading", text).c_str(), stderr);
      }
    });
  }

 private:
  std::jthread thread_;
};

}  // namespace

std::string masked(std::string_view value) {
  if (value.empty()) return "\"\"";
  std::size_t first = 1;
  while (first < value.size() && (static_cast<unsigned char>(value[first]) & 0xC0) == 0x80) ++first;
  return fmt::format("{}… ({})", printable(value.substr(0, first)), plural(wonder::code_points(value), "character"));
}

std::string reconcile_text(const ReconcileConfig& config, const ReconcileReport& report) {
  std::string out = line("compared", fmt::format("{} with {} read from the API {}", plural(report.rows, "row"),
                                                 plural(report.customers, "customer"), how_it_was_read(report)));
  for (const RowSign sign : all_row_signs) {
    if (sign == RowSign::only_api && !config.show_missing) continue;
    out += line(
        "", fmt::format("{} {:>12}  {}", static_cast<char>(sign), show_count(report.count(sign)), meaning_of(sign)));
  }
  std::string fields;
  for (std::size_t i = 0; i < report.fields.size(); ++i)
    fields += field_lines(config, wonder::customer_fields()[i].name, report.fields[i]);
  if (!fields.empty())
    out += line("fields", fmt::format("{:<22} {:>12}  the first ones, API -> file", "", "differ")) + fields;
  if (report.not_compared > 0) {
    out += line(
        "", fmt::format("company_name, which {} have, is not compared: the API never shows it (--company-name always)",
                        plural(report.not_compared, "row")));
  }
  return out + line("plan", report.plan_file);
}

std::string reconcile_json(const ReconcileConfig& config, const ReconcileReport& report) {
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
                         {"signs", std::move(signs)},
                         {"fields", std::move(fields)},
                         {"plan", report.plan_file}};
  return json::serialize(out) + "\n";
}

ExitCode run_reconcile(const Options& options) {
  wonder::forbid_core_dumps();
  Reconciliation reconciliation(options.config, load_credentials(options.config.auth));
  if (!options.quiet) std::fputs(opening_text(options, reconciliation.plan()).c_str(), stderr);
  try {
    const ReadingProgress progress(reconciliation, options);
    const ReconcileReport report = reconciliation.run([&](const std::string& text) {
      if (!options.quiet) std::fputs(line("note", text).c_str(), stderr);
    });
    const ReconcileConfig& config = options.config.reconcile;
    std::fputs((options.json ? reconcile_json(config, report) : reconcile_text(config, report)).c_str(), stdout);
    return report.clean() ? ExitCode::success : ExitCode::some_rows_failed;
  } catch (const LookupStopped& stopped) {
    throw ConfigError(std::string("stopped, and nothing was planned: ") + stopped.what(), stopped.exit_code());
  }
}

}  // namespace amend::cli
