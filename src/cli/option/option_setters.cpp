#include "cli/option/option_setters.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include "cli/option/units.hpp"

namespace amend::cli {
namespace {

constexpr Spellings<ProgressForm, 4> progress_forms{{{"auto", ProgressForm::automatic},
                                                     {"bar", ProgressForm::bar},
                                                     {"plain", ProgressForm::plain},
                                                     {"none", ProgressForm::none}}};

}  // namespace

std::uint32_t parse_number(std::string_view option, const std::string& value, std::uint32_t least, std::uint32_t most) {
  return static_cast<std::uint32_t>(parse_count(option, value, least, most));
}

void set_progress(Options& options, std::string_view option, const std::string& value) {
  options.progress = choose(option, value, progress_forms);
}

void set_connect_timeout(Options& options, std::string_view option, const std::string& value) {
  DeadlineConfig& deadline = options.config.deadline;
  deadline.connect = parse_duration(option, value);
  // A longer limit must leave time for more than one attempt at the first connection, as the defaults do.
  deadline.first_connect = std::max(deadline.first_connect, 3 * deadline.connect);
}

void set_deadline(Options& options, std::string_view option, const std::string& value) {
  DeadlineConfig& deadline = options.config.deadline;
  deadline.run_until = parse_time_of_day(option, value);
  deadline.run = deadline.run_until ? std::chrono::milliseconds(0) : parse_duration(option, value);
}

void set_failures(Options& options, std::string_view option, const std::string& value) {
  FailureConfig& failures = options.config.failures;
  failures = FailureConfig();
  if (value.ends_with('%')) {
    failures.percent_max = parse_number(option, value.substr(0, value.size() - 1), 1, 100);
  } else {
    failures.rows_max = parse_count(option, value, 1, std::numeric_limits<std::uint64_t>::max());
  }
}

// The seed chooses the rows of the sample.
void set_sample(Options& options, std::string_view option, const std::string& value) {
  ReconcileConfig& reconcile = options.config.reconcile;
  reconcile.sample_ppm = parse_percent_ppm(option, value);
  std::random_device source;
  reconcile.sample_seed = std::uint64_t{source()} << 32 | source();
}

void set_guard(Options& options, std::string_view option, const std::string& value) {
  auto [field, column] = parse_assignment(option, value, "reference_number=COLUMN");
  if (field != "reference_number") {
    throw ConfigError(fmt::format("{} takes reference_number=COLUMN, got \"{}\"", option, printable(value, 60)));
  }
  options.config.mapping.guard_column = std::move(column);
}

void add_blank(Options& options, std::string_view option, const std::string& value) {
  auto [field, blank] = parse_assignment(option, value, "FIELD=omit, FIELD=empty or FIELD=null");
  options.config.mapping.blanks.emplace_back(std::move(field), choose(option, blank, blank_spellings));
}

void choose_only(Options& options, std::string_view option, const std::string& value) {
  RetryChoice& choice = options.retry;
  choice.failed = choice.unknown = choice.unsent = false;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view name = std::string_view(value).substr(begin, end - begin);
    bool* const chosen = name == "failed"    ? &choice.failed
                         : name == "unknown" ? &choice.unknown
                         : name == "unsent"  ? &choice.unsent
                                             : nullptr;
    if (!chosen)
      throw ConfigError(fmt::format("{} takes one or more of failed, unknown, unsent, separated by commas, got \"{}\"",
                                    option, printable(value, 60)));
    *chosen = true;
    begin = end + 1;
  }
}

}  // namespace amend::cli
