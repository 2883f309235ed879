#include "amend/reporter/log_reading.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "amend/error.hpp"
#include "reporter/json_reading.hpp"

namespace amend {
namespace {

constexpr std::size_t piece_bytes = 1 << 20;

// What summary.json says of the log; 0: there is none, or it says nothing.
std::uint64_t durable_bytes(const std::string& run) {
  return number_in(object_in(content_of(run + "/summary.json")), "log_bytes").value_or(0);
}

}  // namespace

LogState read_log(const std::string& run, const std::function<void(const JournalRecord&)>& show) {
  LogState state;
  const std::string path = run + "/" + std::string(result_log_name);
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT) return state;  // it ended before its first record
  if (!file) throw InputError(printable(path) + ": cannot be read");
  JournalReader reader;
  JournalRecord record;
  std::string piece(piece_bytes, '\0');
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
  // A run that ended by itself has made all of its log durable. One that is shorter now was cut, not changed.
  const std::uint64_t durable = durable_bytes(run);
  if (bytes >= durable) reader.note_durable(durable);
  state.end = LogEnd(reader.whole_bytes(), reader.last_sum());
  state.damaged_at = reader.damaged_at();
  state.torn_bytes = state.damaged_at ? 0 : bytes - reader.whole_bytes();
  return state;
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
