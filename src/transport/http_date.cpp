#include "amend/transport/http_date.hpp"

#include <algorithm>
#include <array>

namespace amend {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The number that `size` digits at `begin` make, −1 when they are no digits.
int number_at(std::string_view text, std::size_t begin, std::size_t size) noexcept {
  int number = 0;
  for (const char c : text.substr(begin, size)) {
    if (!is_digit(c)) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// 0 for "Jan"; −1 when `name` is not among them.
template <std::size_t N>
int index_of(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view t) noexcept {
  constexpr std::string_view form = "???, ?? ??? ???? ??:??:?? GMT";
  const auto fits = [](char f, char c) { return f == '?' || f == c; };
  if (t.size() != form.size() || !std::ranges::equal(form, t, fits)) return std::nullopt;
  const int day = number_at(t, 5, 2);
  const int month = index_of(month_names, t.substr(8, 3));
  const int year = number_at(t, 12, 4);
  const int hour = number_at(t, 17, 2);
  const int minute = number_at(t, 20, 2);
  const int second = number_at(t, 23, 2);
  if (index_of(day_names, t.substr(0, 3)) < 0 || day < 0 || month < 0 || year < 0) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month) + 1),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace amend
