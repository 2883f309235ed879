#include "amend/reporter/recovery.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

namespace amend {
namespace {

namespace json = boost::json;

constexpr std::size_t piece_bytes = 1 << 20;

std::string text_of(const json::object& line, std::string_view name) {
  const json::value* found = line.if_contains(json::string_view(name.data(), name.size()));
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

Origin origin_named(std::string_view name) noexcept {
  for (const Origin origin :
       {Origin::api, Origin::payment_token, Origin::transport, Origin::tls, Origin::input, Origin::run})
    if (to_string(origin) == name) return origin;
  return Origin::run;
}

// A line whose checksum fits is JSON of ours.
json::object parse_line(std::string_view line) {
  json::error_code error;
  json::value value = json::parse(json::string_view(line.data(), line.size()), error);
  return error || !value.is_object() ? json::object() : std::move(value.get_object());
}

Reason reason_of(const json::object& line) {
  return Reason(text_of(line, "error_code"), text_of(line, "error"), origin_named(text_of(line, "source")));
}

// What summary.json says of the log; 0: there is none, or it says nothing.
std::uint64_t log_bytes_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const json::object summary = parse_line(std::string(std::istreambuf_iterator<char>(file), {}));
  const json::value* bytes = summary.if_contains("log_bytes");
  return bytes && bytes->is_int64() ? static_cast<std::uint64_t>(bytes->get_int64()) : 0;
}

}  // namespace

Recovery::Recovery(const RunDirectory& run)
    : path_(run.path(result_log_name)), summary_path_(run.path("summary.json")) {
  read();
  std::ranges::sort(not_well_, {}, &NotWell::row);
}

void Recovery::read() {
  std::ifstream file(path_, std::ios::binary);
  if (!file) return;  // it ended before its first record
  JournalReader reader;
  JournalRecord record;
  std::string piece(piece_bytes, '\0');
  std::uint64_t bytes = 0;
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    std::string_view input(piece.data(), static_cast<std::size_t>(file.gcount()));
    bytes += input.size();
    while (reader.parse(input, record) == JournalReader::Stop::record) take(record);
  }
  // A run that ended by itself has made all of its log durable. One that is shorter now was cut, not changed.
  const std::uint64_t durable = log_bytes_in(summary_path_);
  if (bytes >= durable) reader.note_durable(durable);
  if (file.bad()) throw InputError(path_ + ": cannot be read");
  if (const auto at = reader.damaged_at())
    throw InputError(path_ + ": was changed at byte " + std::to_string(*at) +
                     ", in a part that was durable: what it says cannot be relied on");
  end_ = LogEnd(reader.whole_bytes(), reader.last_sum());
  torn_bytes_ = bytes - reader.whole_bytes();
}

void Recovery::take(const JournalRecord& record) {
  if (!recorded_.insert(record.row))
    throw InputError(path_ + ": row " + std::to_string(record.row) + " has two records, at byte " +
                     std::to_string(record.offset));
  if (record.row >= hashes_.size()) hashes_.resize(record.row + 1);
  hashes_[record.row] = record.hash;
  ++rows_[static_cast<std::size_t>(record.status)];
  if (record.status == Status::success) return;
  not_well_.push_back(NotWell{record.row, record.offset, record.status});
  const json::object line = parse_line(record.text);
  std::uint64_t physical_line = 0;
  if (const json::value* found = line.if_contains("line")) physical_line = found->to_number<std::uint64_t>();
  errors_.record(reason_of(line), Position(record.row, physical_line, 0), text_of(line, "id"));
}

bool Recovery::same_content(std::uint64_t row, std::string_view raw) const noexcept {
  return hashes_[row] == content_hash(raw);
}

std::optional<Recovery::Failure> Recovery::failure_of(std::uint64_t row) const {
  const auto found = std::ranges::lower_bound(not_well_, row, {}, &NotWell::row);
  if (found == not_well_.end() || found->row != row) return std::nullopt;
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(found->offset));
  std::string line;
  if (!std::getline(file, line)) throw InputError(path_ + ": cannot be read");
  return Failure{found->status, reason_of(parse_line(line))};
}

}  // namespace amend
