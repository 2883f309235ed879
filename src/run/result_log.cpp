#include "amend/run/result_log.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "amend/wonder/customer_schema.hpp"
#include "row/json_text.hpp"
#include "row/utc_time.hpp"
#include "run/append_file.hpp"

namespace amend {
namespace {

// Tenths of a millisecond, rounded.
std::uint64_t tenths_of_ms(std::chrono::nanoseconds duration) {
  const std::int64_t ns = duration.count() > 0 ? duration.count() : 0;
  return static_cast<std::uint64_t>(ns / 100'000 + (ns % 100'000 >= 50'000 ? 1 : 0));
}

// Longer than any piece that is put together before it is appended to the line.
using Piece = std::array<char, 128>;

template <class Format, class... Values>
void append_piece(std::string& out, const Format& format, const Values&... values) {
  Piece piece;
  out.append(piece.data(), fmt::format_to(piece.data(), format, values...));
}

void append_failure(std::string& out, const Outcome& outcome) {
  if (const Reason* reason = outcome.reason.get()) {
    out += ",\"error_code\":";
    append_json_string(out, reason->code);
    out += ",\"error\":";
    append_json_string(out, reason->text);
    out += ",\"source\":\"";
    out += to_string(reason->origin);
    out += '"';
  }
  if (outcome.applied == Applied::yes) out += ",\"applied\":true";
  if (outcome.applied == Applied::maybe) out += ",\"applied\":\"maybe\"";
}

void append_drift(std::string& out, const Remark& remark) {
  if (remark.drift == 0) return;
  out += ",\"drift\":[";
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i)
    if ((remark.drift >> i & 1) != 0) out.append("\"").append(wonder::customer_fields()[i].name).append("\",");
  out.back() = ']';
  out += fmt::format(",\"drift_mark\":\"{:016x}\"", remark.drift_mark);
}

void append_remark(std::string& out, const Remark& remark) {
  if (!remark.warning.empty()) {
    out += ",\"warning\":";
    append_json_string(out, remark.warning);
  }
  append_drift(out, remark);
}

class ResultLog final : public Sink {
 public:
  ResultLog(const RunDirectory& run, LogEnd end)
      : file_(run, result_log_name, end.bytes), line_(end.last_sum), bytes_(end.bytes), durable_(end.bytes) {
    if (end.bytes != 0) synced_ = end.bytes;
  }

  void write(std::span<const Outcome> outcomes) override {
    buffer_.clear();
    for (const Outcome& outcome : outcomes) line_.append(buffer_, outcome, std::exchange(synced_, std::nullopt));
    file_.write(buffer_);
    bytes_ += buffer_.size();
  }
  void flush() override {
    file_.flush();
    file_.require_in_place();
    synced_ = durable_ = bytes_;
  }
  std::uint64_t bytes_durable() const noexcept override { return durable_; }
  void close() override {
    flush();
    file_.close();
  }

 private:
  AppendFile file_;
  ResultLine line_;
  std::uint64_t bytes_;                  // of the file
  std::uint64_t durable_;                // of these: on stable storage, in a file that is in place
  std::optional<std::uint64_t> synced_;  // durable, and not yet in a line
  std::string buffer_;
};

}  // namespace

void ResultLine::append(std::string& out, const Outcome& outcome, std::optional<std::uint64_t> synced) {
  const std::size_t begin = out.size();
  append_piece(out, FMT_COMPILE("{{\"row\":{},\"line\":{}"), outcome.row->position.row, outcome.row->position.line);
  if (outcome.status == Status::rejected) {
    append_piece(out, FMT_COMPILE(",\"byte\":{}"), outcome.row->position.byte);
    if (outcome.reason && outcome.reason->column != 0)
      append_piece(out, FMT_COMPILE(",\"column\":{}"), outcome.reason->column);
  }
  out += ",\"id\":";
  append_json_string(out, outcome.row.id());
  append_piece(out, FMT_COMPILE(",\"status\":\"{}\""), to_string(outcome.status));
  if (outcome.http != 0) append_piece(out, FMT_COMPILE(",\"http\":{}"), outcome.http);
  const std::uint64_t tenths = tenths_of_ms(outcome.service);
  append_piece(out, FMT_COMPILE(",\"attempts\":{},\"ms\":{}.{}"), outcome.attempts, tenths / 10, tenths % 10);
  if (outcome.attempts != 0) {
    out += ",\"request_id\":";
    append_json_string(out, view(outcome.request_id));
  }
  append_time(out, outcome.at);
  if (outcome.status == Status::success) {
    if (outcome.remark) append_remark(out, *outcome.remark);
  } else {
    append_failure(out, outcome);
  }
  if (outcome.late_until != std::chrono::system_clock::time_point{}) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(outcome.late_until.time_since_epoch()).count();
    append_piece(out, FMT_COMPILE(",\"late_until_ms\":{}"), ms);
  }
  if (outcome.row->maybe_sent_before && outcome.attempts != 0) out += ",\"sent_before\":\"maybe\"";
  seal_.close_line(out, begin, content_hash(outcome.row.raw()), synced);
}

void ResultLine::append_time(std::string& out, std::chrono::system_clock::time_point at) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto second = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  // Most lines have the same second as the line before, and converting a date costs more than the rest of a line.
  if (second != second_ || second_text_.empty()) {
    second_ = second;
    second_text_.clear();
    append_utc(second_text_, at, ",\"at\":\"%Y-%m-%dT%H:%M:%S.");
  }
  const auto rest = static_cast<unsigned>(ms - second * 1000);
  append_piece(out, FMT_COMPILE("{}{}{}{}Z\""), second_text_, rest / 100, rest / 10 % 10, rest % 10);
}

std::unique_ptr<Sink> open_result_log(const RunDirectory& run, LogEnd end) {
  return std::make_unique<ResultLog>(run, end);
}

}  // namespace amend
