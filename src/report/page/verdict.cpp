// The verdict: how a run ended, in words. tests/unit/report/verdict_test.cpp compares each sentence.
#include <algorithm>

#include "report/page/page_parts.hpp"

namespace amend::report {
namespace {

constexpr std::string_view nothing_changed = " amend changed nothing at the API.";

std::string rows_text(std::uint64_t rows) { return show_count(rows) + (rows == 1 ? " row" : " rows"); }

std::string of_all(std::uint64_t rows, std::uint64_t all) { return show_count(rows) + " of " + rows_text(all); }

std::uint64_t with_sign(const RunPicture& picture, char sign) {
  if (!picture.comparison) return 0;
  const auto found = std::ranges::find(picture.comparison->signs, sign, &ComparisonPicture::Sign::sign);
  return found == picture.comparison->signs.end() ? 0 : found->rows;
}

std::uint64_t without_success(const RunPicture& picture) {
  std::uint64_t rows = 0;
  for (const Status status : all_statuses) rows += has_succeeded(status) ? 0 : picture.rows(status);
  return rows;
}

// They are among the rows that did not succeed.
std::string unknown(const RunPicture& picture) {
  const std::uint64_t rows = picture.rows(Status::unknown);
  if (rows == 0) return {};
  return fmt::format(" {} {} unknown: the API may have applied {}.", rows_text(rows), rows == 1 ? "is" : "are",
                     rows == 1 ? "it" : "them");
}

std::string compared(const RunPicture& picture) {
  return fmt::format("Compared: {} differ from the API, {} match.{}", rows_text(with_sign(picture, '*')),
                     rows_text(with_sign(picture, '=')), nothing_changed);
}

std::string finished(const RunPicture& picture) {
  const std::uint64_t all = picture.rows_ended();
  if (all == 0) return "Finished: there was no row to send.";
  if (const std::uint64_t rows = without_success(picture); rows > 0)
    return fmt::format("Finished with errors: {} did not succeed.{}", of_all(rows, all), unknown(picture));
  const std::uint64_t succeeded = picture.rows(Status::success);
  std::string text = fmt::format("Finished without errors: {} succeeded.",
                                 succeeded == all && all > 1 ? "all " + rows_text(all) : of_all(succeeded, all));
  if (const auto rows = picture.rows(Status::unchanged); rows > 0)
    text += fmt::format(" {} already matched the API.", rows_text(rows));
  if (const auto rows = picture.rows(Status::superseded); rows > 0)
    text += fmt::format(" {} {} superseded.", rows_text(rows), rows == 1 ? "was" : "were");
  return text;
}

std::string have(std::uint64_t rows) { return rows == 1 ? "has" : "have"; }

std::string stopped(const RunPicture& picture) {
  const std::uint64_t ended = picture.rows_ended();
  std::string text = "Stopped early: ";
  if (!picture.unsent) {
    text += fmt::format("{} {} a result. The number of other rows is not known.", rows_text(ended), have(ended));
  } else if (*picture.unsent == 0) {
    text += "each row that amend read has a result.";
  } else {
    text += fmt::format("{} {} no result.", of_all(*picture.unsent, ended + *picture.unsent), have(*picture.unsent));
  }
  if (const std::uint64_t rows = without_success(picture); rows > 0)
    text += fmt::format(" {} did not succeed.{}", rows_text(rows), unknown(picture));
  return text;
}

std::string killed(const RunPicture& picture) {
  const std::uint64_t ended = picture.rows_ended();
  return fmt::format(
      "Interrupted: the process was killed, or the machine stopped. {} {} a result; other rows may have no result.{}",
      rows_text(ended), have(ended), unknown(picture));
}

std::string comparison_verdict(const RunPicture& picture) {
  switch (picture.status) {
    case RunStatus::stopped: return "Stopped early: the comparison is not complete." + std::string(nothing_changed);
    case RunStatus::killed: return "Interrupted: the comparison is not complete." + std::string(nothing_changed);
    default: return compared(picture);
  }
}

}  // namespace

bool all_succeeded(const RunPicture& picture) { return without_success(picture) == 0; }

std::string verdict(const RunPicture& picture) {
  if (picture.status == RunStatus::running) return "Running. This page shows the run at the time of the report.";
  if (!picture.applies) return comparison_verdict(picture);
  switch (picture.status) {
    case RunStatus::killed: return killed(picture);
    case RunStatus::stopped: return stopped(picture);
    case RunStatus::compared: return compared(picture);
    default: return finished(picture);
  }
}

}  // namespace amend::report
