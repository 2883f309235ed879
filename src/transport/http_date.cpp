#include "transport/http_date.hpp"

#include <algorithm>
#include <array>

#include "row/ascii.hpp"

namespace amend {
namespace {

/// The number that `size` digits at `begin` make, −1 when they are no digits.
int number_at(std::string_view text, std::size_t begin, std::size_t size) noexcept {
  int number = 0;
  for (const char c : text.substr(begin, size)) {
    if (!is_ascii_digit(c)) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// 0 for "Jan"; −1 when `name` is not in the list.
template <std::size_t N>
int index_of(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                         "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// A form of date after the day of the week, with the places of its parts.
class Form {
 public:
  std::string_view pattern;  // #: any character
  std::size_t day;
  std::size_t month;
  std::size_t year;
  std::size_t year_digits;
  std::size_t time;
};
constexpr Form imf_fixdate{", ## ### #### ##:##:## GMT", 2, 5, 9, 4, 14};
constexpr Form rfc850_date{", ##-###-## ##:##:## GMT", 2, 5, 9, 2, 12};
constexpr Form asctime_date{" ### ## ##:##:## ####", 5, 1, 17, 4, 8};

bool fits(const Form& form, std::string_view text) noexcept {
  return std::ranges::equal(form.pattern, text, [](char f, char c) { return f == '#' || f == c; });
}

// asctime() writes a space before a day of one digit.
int day_at(std::string_view text, const Form& form) noexcept {
  const bool padded = form.day == asctime_date.day && text[form.day] == ' ';
  return padded ? number_at(text, form.day + 1, 1) : number_at(text, form.day, 2);
}

// A year of two digits is 1970 or later.
int year_at(std::string_view text, const Form& form) noexcept {
  const int year = number_at(text, form.year, form.year_digits);
  if (form.year_digits == 4 || year < 0) return year;
  return year + (year < 70 ? 2000 : 1900);
}

std::optional<std::chrono::sys_seconds> read_date(std::string_view text, const Form& form) noexcept {
  const int day = day_at(text, form);
  const int month = index_of(month_names, text.substr(form.month, 3));
  const int year = year_at(text, form);
  const int hour = number_at(text, form.time, 2);
  const int minute = number_at(text, form.time + 3, 2);
  const int second = number_at(text, form.time + 6, 2);
  if (day < 0 || month < 0 || year < 0) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month) + 1),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept {
  const std::string_view day_name = text.substr(0, text.find_first_of(", "));
  const std::string_view rest = text.substr(day_name.size());
  const bool is_short = index_of(day_names, day_name) >= 0;
  if (is_short && fits(imf_fixdate, rest)) return read_date(rest, imf_fixdate);
  if (is_short && fits(asctime_date, rest)) return read_date(rest, asctime_date);
  if (index_of(long_day_names, day_name) >= 0 && fits(rfc850_date, rest)) return read_date(rest, rfc850_date);
  return std::nullopt;
}

}  // namespace amend
