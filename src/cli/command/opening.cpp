#include "cli/command/opening.hpp"

#include <fmt/format.h>

#include "amend/error.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/report_line.hpp"

namespace amend::cli {
namespace {

std::string input_line(const Options& options, const Plan& plan) {
  const InputConfig& input = options.config.input;
  std::string text = input.file == "-" ? "standard input" : printable(input.file);
  text += ", " + input_kind(plan.format, plan.delimiter, plan.encoding);
  if (plan.input_bytes > 0) text += ", " + show_bytes(plan.input_bytes);
  if (input.limit > 0) text += fmt::format(", at most {}", plural(input.limit, "row"));
  return text;
}

std::string auth_text(const AuthConfig& auth) {
  switch (auth.kind) {
    case Auth::wonder: return "signed as AppID " + auth.app_id;
    case Auth::bearer: return "with a bearer token";
    case Auth::none: return "without credentials";
  }
  return {};
}

std::string load_text(const LoadConfig& load, const Plan& plan) {
  std::string text = fmt::format("{}, burst {}, {}, depth {}, {}", show_rate(load.rate), load.burst,
                                 plural(load.connections, "connection"), load.pipeline, plural(plan.workers, "worker"));
  if (load.concurrency == Concurrency::adaptive) text += ", concurrency auto";
  return load.canary == CanaryMode::on ? text + "; canary: first 1 row, then 10, then all (to switch off: --canary off)"
                                       : text;
}

}  // namespace

std::string join_printable(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    if (!out.empty()) out += ", ";
    out += printable(text, 80);
  }
  return out;
}

std::string show_bytes(std::uint64_t bytes) {
  if (bytes < 1'024) return plural(bytes, "byte");
  const auto number = static_cast<double>(bytes);
  if (bytes < 1'024ull << 10) return fmt::format("{:.1f} KiB", number / 1'024);
  if (bytes < 1'024ull << 20) return fmt::format("{:.1f} MiB", number / (1 << 20));
  return fmt::format("{:.2f} GiB", number / (1 << 30));
}

std::string opening_text(const Options& options, const Plan& plan) {
  const LoadConfig& load = options.config.load;
  std::string out = fmt::format("amend {}\n", options.config.version);
  out += line("target", fmt::format("{}, {}", printable(options.config.target.url), auth_text(options.config.auth)));
  out += line("input", input_line(options, plan));
  if (!plan.mapping.empty()) out += line("columns", join_printable(plan.mapping));
  if (!plan.unknown_columns.empty()) out += line("not sent", join_printable(plan.unknown_columns));
  return out + line("rate", load_text(load, plan));
}

}  // namespace amend::cli
