#include "amend/run/log_reading.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "amend/error.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

constexpr std::size_t log_piece_bytes = 1 << 20;

// 0: the summary does not say how much of the log was durable.
std::uint64_t durable_bytes(const std::optional<Summary>& summary) {
  return summary ? summary->log_bytes.value_or(0) : 0;
}

// Its run noticed that the log was removed. The present file may be a copy that lacks the last records.
bool was_lost_by_its_run(const std::optional<Summary>& summary) {
  return summary && summary->stop_cause == StopCause::log_lost;
}

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// An update has its log before its run.json; what applies a plan has its log before these files.
bool has_begun_to_send(const std::string& run) {
  return text_in(object_in(content_of(run + "/run.json")), "task") == "update" || is_there(run + "/summary.json") ||
         is_there(run + "/timeline.ndjson");
}

LogState lost_log() {
  LogState state;
  state.damaged_at = 0;
  state.damage = LogDamage::lost;
  return state;
}

}  // namespace

LogState read_log(const std::string& run, const std::function<void(const JournalRecord&)>& show) {
  // Read before the log: a run that ends while its log is read has a larger one than its summary.json says.
  const std::optional<Summary> summary = read_summary(run);
  return read_log(run, summary, show);
}

LogState read_log(const std::string& run, const std::optional<Summary>& summary,
                  const std::function<void(const JournalRecord&)>& show) {
  const std::uint64_t durable = durable_bytes(summary);
  LogState state;
  const std::string path = run + "/" + std::string(result_log_name);
  std::error_code error;
  if (std::filesystem::is_fifo(path, error)) throw InputError(printable(path) + ": is not a file");
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT) return has_begun_to_send(run) ? lost_log() : state;
  if (!file) throw InputError(printable(path) + ": cannot be read");
  JournalReader reader;
  JournalRecord record;
  std::string piece(log_piece_bytes, '\0');
  std::uint64_t bytes = 0;
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    std::string_view input(piece.data(), static_cast<std::size_t>(file.gcount()));
    bytes += input.size();
    while (reader.parse(input, record) == JournalReader::Stop::record) {
      ++state.records;
      show(record);
    }
  }
  if (file.bad()) throw InputError(printable(path) + ": cannot be read");
  reader.note_durable(durable);
  state.end = LogEnd(reader.whole_bytes(), reader.last_sum());
  state.damaged_at = reader.damaged_at();
  if (bytes < durable) state.damage = LogDamage::cut;
  if (!state.damaged_at && was_lost_by_its_run(summary)) {
    state.damaged_at = state.end.bytes;
    state.damage = LogDamage::cut;
  }
  state.torn_bytes = state.damaged_at ? 0 : bytes - reader.whole_bytes();
  return state;
}

std::string describe(const LogState& log) {
  switch (log.damage) {
    case LogDamage::changed: return fmt::format("was changed at byte {}", log.damaged_at.value_or(0));
    case LogDamage::cut: return fmt::format("was cut at byte {}", log.damaged_at.value_or(0));
    case LogDamage::lost: return "is missing";
  }
  return {};
}

void refuse_damaged(const std::string& run, const LogState& log) {
  throw InputError(
      fmt::format("{}/{}: {}, so amend cannot know what the run sent. Restore the file from a backup. "
                  "This command sent nothing",
                  printable(run), result_log_name, describe(log)));
}

bool log_was_shortened(const std::string& run) { return log_was_shortened(run, read_summary(run)); }

bool log_was_shortened(const std::string& run, const std::optional<Summary>& summary) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(run + "/" + std::string(result_log_name), error);
  return error ? has_begun_to_send(run) : bytes < durable_bytes(summary);
}

void refuse_lost_log(const std::string& run) {
  std::error_code error;
  if (!std::filesystem::exists(run + "/" + std::string(result_log_name), error) && has_begun_to_send(run))
    refuse_damaged(run, lost_log());
}

RecordText::RecordText(std::string_view text) {
  const boost::json::object members = object_in(text);
  const auto shown = [&](std::string_view name) {
    const auto found = number_in(members, name);
    return found ? std::to_string(*found) : std::string();
  };
  line = number_in(members, "line").value_or(0);
  id = text_in(members, "id");
  http = shown("http");
  attempts = shown("attempts");
  if (const auto* found = members.if_contains("ms"); found && found->is_number())
    ms = fmt::format("{:.1f}", found->to_number<double>());
  request_id = text_in(members, "request_id");
  at = text_in(members, "at");
  error_code = text_in(members, "error_code");
  error = text_in(members, "error");
  source = text_in(members, "source");
  applied = text_in(members, "applied");
  if (const auto* found = members.if_contains("applied"); found && found->is_bool() && found->get_bool())
    applied = "true";
  sent_before = text_in(members, "sent_before");
  drift_mark = text_in(members, "drift_mark");
  if (const auto* found = members.if_contains("drift"); found && found->is_array())
    for (const auto& name : found->get_array())
      if (name.is_string()) drift.emplace_back(name.get_string());
  warning = text_in(members, "warning");
}

}  // namespace amend
