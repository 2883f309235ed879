#include "row/utc_time.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace amend {
namespace {

constexpr int first_year = 1970;
constexpr int last_year = 2199;  // the system clock counts nanoseconds in 64 bits

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
  if (text.size() < at + count) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// The fraction of a second in milliseconds. nullopt: another text is before the Z.
std::optional<int> milliseconds_in(std::string_view rest) noexcept {
  if (rest == "Z") return 0;
  if (rest.size() != 5 || rest[0] != '.' || rest[4] != 'Z') return std::nullopt;
  return digits(rest, 1, 3);
}

}  // namespace

void append_utc(std::string& out, std::chrono::system_clock::time_point at, const char* format) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const std::time_t moment = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  ::gmtime_r(&moment, &parts);
  std::array<char, 64> text;
  out.append(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

std::string utc_text(std::chrono::system_clock::time_point at, const char* format) {
  std::string out;
  append_utc(out, at, format);
  return out;
}

std::optional<std::chrono::system_clock::time_point> parse_utc(std::string_view text) noexcept {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (text.size() <= form.size()) return std::nullopt;
  for (const std::size_t i : {4U, 7U, 10U, 13U, 16U})
    if (text[i] != form[i]) return std::nullopt;
  std::array<int, 6> parts{};
  constexpr std::array<std::pair<std::size_t, std::size_t>, 6> places{
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = digits(text, places[i].first, places[i].second);
    if (!number) return std::nullopt;
    parts[i] = *number;
  }
  const auto ms = milliseconds_in(text.substr(form.size()));
  const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (parts[0] < first_year || parts[0] > last_year) return std::nullopt;
  if (!ms || !day.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
         std::chrono::seconds(parts[5]) + std::chrono::milliseconds(*ms);
}

}  // namespace amend
