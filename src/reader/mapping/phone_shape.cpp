#include "reader/mapping/phone_shape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "reader/encoding/ascii.hpp"
#include "reader/encoding/code_point.hpp"

namespace amend {
namespace {

unsigned value_of(std::string_view digits) noexcept {
  unsigned value = 0;
  for (const char c : digits.substr(0, 6)) value = 10 * value + static_cast<unsigned>(c - '0');
  return value;
}

// An empty cell that became a date is 1900-01-00 or 1899-12-30.
bool is_year(std::string_view digits) noexcept {
  return digits.size() == 4 && value_of(digits) >= 1899 && value_of(digits) <= 2099;
}
bool is_day(std::string_view digits) noexcept {
  return !digits.empty() && digits.size() <= 2 && value_of(digits) <= 31;
}
bool is_month(std::string_view digits) noexcept {
  return is_day(digits) && value_of(digits) >= 1 && value_of(digits) <= 12;
}

bool is_day_and_month(std::string_view a, std::string_view b) noexcept {
  return (is_day(a) && is_month(b)) || (is_month(a) && is_day(b));
}

// For example "12:30", "00:00:00", "1:30 PM".
bool is_time(std::string_view text) noexcept {
  const std::string_view hour = take_ascii_digits(text);
  if (hour.empty() || hour.size() > 2) return false;
  for (int parts = 0; text.starts_with(':'); ++parts) {
    text.remove_prefix(1);
    if (take_ascii_digits(text).size() != 2 || parts == 2) return false;
    if (!text.starts_with(':')) {
      return text.empty() || text.starts_with('.') || text.starts_with('Z') || text.starts_with('+') || text == " AM" ||
             text == " PM" || text == "AM" || text == "PM";
    }
  }
  return false;
}

bool is_date_in_figures(std::string_view text) noexcept {
  const std::string_view a = take_ascii_digits(text);
  if (a.empty() || text.empty()) return false;
  const char separator = text.front();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  text.remove_prefix(1);
  const std::string_view b = take_ascii_digits(text);
  if (!text.starts_with(separator)) return false;
  text.remove_prefix(1);
  const std::string_view c = take_ascii_digits(text);
  const bool date = (is_year(a) && is_month(b) && is_day(c)) || (is_day_and_month(a, b) && is_year(c)) ||
                    (separator == '/' && is_day_and_month(a, b) && c.size() == 2);
  return date && (text.empty() || ((text.front() == ' ' || text.front() == 'T') && is_time(text.substr(1))));
}

// Three letters identify a month in the languages of most spreadsheets.
bool is_month_name(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 36> names{
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",  // English
      "mai", "okt", "dez", "mrz", "maj", "mrt", "mei", "des",                              // German, Dutch, Nordic
      "ene", "abr", "ago", "dic", "set", "out", "fev", "avr", "jui", "aou",  // Spanish, Portuguese, French
      "gen", "mag", "giu", "lug", "ott", "sty"};                             // Italian, Polish
  if (word.size() < 3 || word.size() > 10) return false;
  const std::array<char, 3> start{ascii_lower(word[0]), ascii_lower(word[1]), ascii_lower(word[2])};
  return std::ranges::find(names, std::string_view(start.data(), start.size())) != names.end();
}

// Whether the text is one word, a month, with only figures before or after it.
bool is_date_with_month_name(std::string_view text) noexcept {
  const auto first = std::ranges::find_if(text, is_ascii_letter);
  const auto last = std::find_if_not(first, text.end(), is_ascii_letter);
  const std::size_t begin = static_cast<std::size_t>(first - text.begin());
  const std::size_t size = static_cast<std::size_t>(last - first);
  if (!is_month_name(text.substr(begin, size))) return false;
  const auto is_figure = [](char c) {
    return is_ascii_digit(c) || c == '-' || c == ' ' || c == '.' || c == '/' || c == ',';
  };
  const auto digits = std::ranges::count_if(text, is_ascii_digit);
  return digits >= 1 && digits <= 6 && std::all_of(text.begin(), first, is_figure) &&
         std::all_of(last, text.end(), is_figure);
}

// Whether people write the character inside one number.
bool belongs_to_number(char32_t point) noexcept {
  constexpr std::u32string_view marks = U"()-.+*#‐‑‒–—−－＋（）/";
  return is_digit(point) || is_space(point) || is_invisible(point) || marks.find(point) != std::u32string_view::npos;
}

constexpr bool is_plus(char32_t point) noexcept { return point == '+' || point == 0xFF0B; }

constexpr unsigned number_digits = 7;  // a shorter number may be an extension

// A slash may also follow an area code ("+49 33456/123456", "011 421 2/212 345 67"). It separates two numbers only when
// both parts are as long as a number, or when together they are too long for one.
bool has_phones_beside_slash(std::string_view text) noexcept {
  constexpr unsigned international_digits_max = 15;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const unsigned before = count_digits(text.substr(0, slash));
  const unsigned behind = count_digits(text.substr(slash + 1));
  if (before < number_digits || behind < number_digits) return false;
  if (text.starts_with('+')) return before + behind > international_digits_max;
  return before == behind || (before > number_digits && behind > number_digits);
}

bool is_extension_word(std::string_view word) noexcept {
  return word == "x" || word == "ext" || word == "extn" || word == "extension";
}

/// Counts the numbers in a text.
class NumberCount {
 public:
  explicit NumberCount(std::string_view text) noexcept {
    while (!text.empty()) {
      const char32_t point = take_code_point(text);
      take(point, text);
    }
    end_number();
  }

  bool is_several() const noexcept { return numbers_ >= 2 || long_runs_ >= 2; }

 private:
  void take(char32_t point, std::string_view behind) noexcept {
    // After two commas a telephone dials a code, not another number.
    is_over_ = is_over_ || (point == ',' && before_ == ',');
    if (!belongs_to_number(point) || (is_plus(point) && digits_ >= number_digits)) end_number();
    note_extension(point, behind);
    const bool counts = is_digit(point) && !is_over_ && !in_extension_;
    has_plus_ = has_plus_ || (digits_ == 0 && is_plus(point));
    if (digits_ == 0 && counts) has_zero_ = point == '0';
    run_ = counts ? run_ + 1 : 0;
    digits_ += counts ? 1 : 0;
    long_runs_ += run_ == number_digits ? 1 : 0;
    before_ = point;
  }

  // For "ext. 12", "x12", "#12": the digits after the mark belong to the number before it, whatever their count.
  void note_extension(char32_t point, std::string_view behind) noexcept {
    const bool is_letter = point < 0x80 && is_ascii_letter(static_cast<char>(point));
    if (is_letter) {
      if (word_size_ < word_.size()) word_[word_size_] = ascii_lower(static_cast<char>(point));
      word_size_ = std::min(word_size_ + 1, word_.size());
      return;
    }
    if (in_extension_ && is_digit(before_) && !is_digit(point)) in_extension_ = false;
    if (is_extension_word(std::string_view(word_.data(), word_size_))) in_extension_ = true;
    if (point == '#' && count_digits(behind) < number_digits) in_extension_ = true;
    word_size_ = 0;
  }

  void end_number() noexcept {
    numbers_ += digits_ > most_digits() ? 2 : digits_ >= number_digits ? 1 : 0;
    digits_ = 0;
    has_plus_ = false;
  }

  // The most digits of one number (E.164), with the 0 of "+44 (0)20", or after an access code such as 0011.
  unsigned most_digits() const noexcept { return has_plus_ ? 16 : has_zero_ ? 18 : 15; }

  unsigned numbers_ = 0;
  unsigned digits_ = 0;
  unsigned run_ = 0;
  unsigned long_runs_ = 0;  // of digits with no character between them: one number has at most one
  bool has_plus_ = false;
  bool has_zero_ = false;
  bool is_over_ = false;
  bool in_extension_ = false;
  char32_t before_ = 0;
  std::array<char, 10> word_{};
  std::size_t word_size_ = 0;
};

}  // namespace

bool is_formatted_number(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::string_view whole = take_ascii_digits(text);
  if (whole.empty()) return false;
  unsigned groups = 0;
  const char separator = text.empty() ? '\0' : text.front();
  if (separator == ',' || separator == '\'') {
    while (text.starts_with(separator)) {
      std::string_view rest = text.substr(1);
      if (take_ascii_digits(rest).size() != 3) break;
      text = rest;
      ++groups;
    }
  }
  const bool grouped = groups >= 2 && whole.size() <= 3;
  if (groups > 0 && !grouped) return false;
  const bool has_point = text.starts_with('.') || text.starts_with(',');
  if (has_point) text.remove_prefix(1);
  const std::string_view decimals = take_ascii_digits(text);
  if (!text.empty()) return false;
  const bool no_fraction = has_point && !decimals.empty() && decimals.find_first_not_of('0') == std::string_view::npos;
  return negative || grouped || no_fraction;
}

bool is_date(std::string_view text) noexcept {
  if (text.empty()) return false;
  const bool in_han = text.find("月") != std::string_view::npos || text.find("年") != std::string_view::npos;
  if (in_han && std::ranges::any_of(text, is_ascii_digit)) return true;
  return is_date_in_figures(text) || is_time(text) || is_date_with_month_name(text);
}

bool has_several_phones(std::string_view text) noexcept {
  return has_phones_beside_slash(text) || NumberCount(text).is_several();
}

unsigned count_digits(std::string_view text) noexcept {
  unsigned digits = 0;
  while (!text.empty()) digits += is_digit(take_code_point(text)) ? 1 : 0;
  return digits;
}

bool looks_like_phone(std::string_view text) noexcept {
  const unsigned digits = count_digits(text);
  if (digits < (text.starts_with('+') ? number_digits - 1 : number_digits)) return false;
  while (!text.empty())
    if (!belongs_to_number(take_code_point(text))) return false;
  return true;
}

}  // namespace amend
