#include "report/model/record_glance.hpp"

#include <charconv>

#include "row/utc_time.hpp"

namespace amend::report {
namespace {

// Takes `prefix` off the front of `rest`.
bool take(std::string_view& rest, std::string_view prefix) noexcept {
  if (!rest.starts_with(prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

std::uint64_t take_number(std::string_view& rest) noexcept {
  std::uint64_t number = 0;
  const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  rest.remove_prefix(static_cast<std::size_t>(result.ptr - rest.data()));
  return number;
}

// Up to the quote that ends it, and that quote too.
std::string_view take_text(std::string_view& rest) noexcept {
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
  end = std::min(end, rest.size());
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return text;
}

}  // namespace

RecordGlance GlanceReader::read(const JournalRecord& record) {
  RecordGlance glance;
  std::string_view rest = record.text.substr(static_cast<std::size_t>(record.id.data() - record.text.data()));
  rest.remove_prefix(record.id.size());
  if (!take(rest, "\",\"status\":\"")) return glance;
  take_text(rest);
  if (take(rest, ",\"http\":")) glance.answered = take_number(rest) != 0;
  if (take(rest, ",\"attempts\":")) glance.sent = take_number(rest) != 0;
  if (take(rest, ",\"ms\":")) {
    const std::uint64_t whole = take_number(rest);
    const std::uint64_t tenths = take(rest, ".") ? take_number(rest) : 0;
    glance.latency = std::chrono::microseconds(1'000 * whole + 100 * tenths);
  }
  if (take(rest, ",\"request_id\":\"")) take_text(rest);
  if (take(rest, ",\"at\":\"")) glance.at = time(take_text(rest));
  if (take(rest, ",\"error_code\":\"")) glance.error_code = take_text(rest);
  constexpr std::string_view drift = ",\"drift\":[";
  if (record.status == Status::success && !rest.starts_with(",\"hash\""))
    if (const std::size_t at = rest.find(drift); at != std::string_view::npos) {
      rest.remove_prefix(at + drift.size());
      glance.drift = rest.substr(0, rest.find(']'));
    }
  return glance;
}

std::optional<std::chrono::system_clock::time_point> GlanceReader::time(std::string_view text) {
  constexpr std::size_t second_size = 19;
  constexpr std::size_t whole_size = 24;
  if (text.size() != whole_size || text.substr(0, second_size) != second_) {
    const auto at = parse_utc(text);
    if (!at || text.size() != whole_size) return at;
    second_ = text.substr(0, second_size);
    second_at_ = std::chrono::floor<std::chrono::seconds>(*at);
    return at;
  }
  const std::string_view fraction = text.substr(second_size + 1, 3);
  int ms = 0;
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), ms);
  return second_at_ + std::chrono::milliseconds(ms);
}

}  // namespace amend::report
