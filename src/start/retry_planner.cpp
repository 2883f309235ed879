#include "start/retry_planner.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "amend/reader/encoding_check.hpp"
#include "amend/run/recovery.hpp"
#include "row/hexadecimal.hpp"
#include "run/input_identity.hpp"
#include "start/row_walk.hpp"

namespace amend {
namespace {

constexpr std::size_t no_run = 0x3FF;  // after every run, so no run came later

void refuse_other_input(const RunHead& first) {
  const InputIdentity& was = first.record.input;
  if (was.path == "-")
    throw ConfigError("standard input cannot be read again: send the run's retry files instead", ExitCode::input);
  struct stat now {};
  const std::string& file = first.record.config.input.file;
  if (::stat(file.c_str(), &now) != 0 || !S_ISREG(now.st_mode))
    throw ConfigError(printable(file) + ": is missing or is not a regular file, so it cannot be read again",
                      ExitCode::input);
  const auto size = static_cast<std::uint64_t>(now.st_size);
  if (size != was.size)
    throw ConfigError(fmt::format("{}: the file has {} bytes, but had {} bytes in the first run: it was edited or "
                                  "replaced. Restore the original file. This command sent nothing",
                                  printable(file), size, was.size),
                      ExitCode::input);
}

// Compares every row with its record, and gives rows without a record to the planner. Returns true when the input seems
// to have another encoding.
bool read_input(const RunView& view, const InputFile& file, const InputConfig& input, const MappingConfig& mapping,
                RetryPlanner& planner) {
  RowWalk rows(file, input, mapping);
  EncodingCheck encoding(rows.source());
  while (rows.skim()) {
    const std::uint64_t row = rows.position().row;
    encoding.take(rows.record());
    if (!view.status(row)) {
      rows.map();
      planner.unsent(row, rows.reason() ? std::string_view() : rows.key());
    } else if (!view.same_content(row, rows.raw())) {
      refuse_other_row(input.file, rows.position());
    }
  }
  require_row(input.file, view.last_row(), rows.position().row);
  return encoding.trouble().has_value();
}

// Without a status the row has no record, and no error code either.
bool takes(const RetryChoice& choice, std::optional<Status> status, std::string_view error_code) noexcept {
  if (!choice.code.empty()) {
    const std::string_view wanted(choice.code);
    const bool family = wanted.ends_with(".*");
    if (!status || error_code.empty()) return false;
    if (!(family ? error_code.starts_with(wanted.substr(0, wanted.size() - 1)) : error_code == wanted)) return false;
  }
  if (!status) return choice.unsent;
  return (*status == Status::failed && choice.failed) || (*status == Status::unknown && choice.unknown);
}

}  // namespace

std::optional<RetryPlanner::Customer> RetryPlanner::customer_of(std::string_view id) noexcept {
  Customer customer{};
  std::size_t digits = 0;
  for (const char c : id) {
    if (c == '-') continue;
    if (!is_hex_digit(c) || digits == 32) return std::nullopt;
    customer[digits / 16] = customer[digits / 16] << 4 | static_cast<std::uint64_t>(hex_value(c));
    ++digits;
  }
  return digits == 32 ? std::optional(customer) : std::nullopt;
}

void RetryPlanner::ended(std::uint64_t row, std::size_t run, Status status, std::string_view error_code,
                         std::string_view id) {
  if (status == Status::rejected) ++plan_.report.rejected;
  if (status != Status::failed && status != Status::unknown) return;
  add(row, run, status, takes(choice_, status, error_code) ? Choice::chosen : Choice::not_chosen, id);
}

void RetryPlanner::unsent(std::uint64_t row, std::string_view id) {
  add(row, no_run, std::nullopt, takes(choice_, std::nullopt, {}) ? Choice::chosen : Choice::not_chosen, id);
}

void RetryPlanner::add(std::uint64_t row, std::size_t run, std::optional<Status> status, Choice row_choice,
                       std::string_view id) {
  if (row > row_max) throw InputError("row " + std::to_string(row) + ": the input has more rows than amend can retry");
  if (row_choice == Choice::not_chosen) ++plan_.report.not_chosen;
  any_chosen_ = any_chosen_ || row_choice == Choice::chosen;
  if (const auto customer = customer_of(id)) {
    left_.emplace_back(*customer, row, run, status, row_choice);
  } else if (row_choice == Choice::chosen) {
    send(row, status ? static_cast<std::uint64_t>(*status) : status_count);  // without an id it has no other row
  }
}

// Sorts by customer, then by row: the row is in the highest bits of the place.
void RetryPlanner::sort() {
  std::ranges::sort(left_, [](const Left& a, const Left& b) {
    return a.customer != b.customer ? a.customer < b.customer : a.place < b.place;
  });
  sorted_ = true;
}

void RetryPlanner::succeeded(std::uint64_t row, std::size_t run, std::string_view id) {
  if (!sorted_) sort();
  const auto customer = customer_of(id);
  if (!customer) return;
  for (Left& left : std::ranges::equal_range(left_, *customer, {}, &Left::customer)) {
    if (left.row_choice() == Choice::chosen && (row > left.row() || run > left.run())) left.supersede();
  }
}

void RetryPlanner::send(std::uint64_t row, std::uint64_t status) {
  plan_.selection.to_send.insert(row);
  RetryReport& report = plan_.report;
  ++(status == status_count                          ? report.unsent
     : static_cast<Status>(status) == Status::failed ? report.failed
                                                     : report.unknown);
}

// `waits_for`: a later row of the same customer that is not chosen, or null.
void RetryPlanner::settle(const Left& left, const Left* waits_for) {
  if (left.row_choice() == Choice::superseded) {
    plan_.selection.superseded.insert(left.row());
    ++plan_.report.superseded;
  } else if (left.row_choice() == Choice::chosen && waits_for) {
    ++plan_.report.held_back;
  } else if (left.row_choice() == Choice::chosen) {
    send(left.row(), left.status());
  }
}

RetryPlan RetryPlanner::finish() {
  if (!sorted_) sort();
  const Left* not_chosen = nullptr;  // the latest found, from the end of the file to its start
  for (std::size_t i = left_.size(); i-- > 0;) {
    const Left& left = left_[i];
    if (left.row_choice() == Choice::not_chosen) not_chosen = &left;
    settle(left, not_chosen && not_chosen->customer == left.customer ? not_chosen : nullptr);
  }
  return std::move(plan_);
}

RetryPlan plan_retry(const RunView& view, const InputFile& file, const InputConfig& input, const MappingConfig& mapping,
                     const RetryChoice& choice) {
  refuse_other_input(view.runs().front());
  RetryPlanner planner(choice);
  view.for_each_final([&](const FinalRecord& row) {
    if (has_succeeded(row.record.status)) return;
    const RecordText text(row.record.text);
    planner.ended(row.record.row, row.run, row.record.status, text.error_code, text.id);
  });
  const bool encoding_is_doubtful = read_input(view, file, input, mapping, planner);
  if (planner.wants_successes()) {
    view.for_each_final([&](const FinalRecord& row) {
      if (row.record.status != Status::success) return;
      planner.succeeded(row.record.row, row.run, row.record.id);
    });
  }
  RetryPlan plan = planner.finish();
  plan.encoding_is_doubtful = encoding_is_doubtful;
  return plan;
}

}  // namespace amend
