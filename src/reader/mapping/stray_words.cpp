#include "reader/mapping/stray_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "reader/encoding/ascii.hpp"
#include "row/hexadecimal.hpp"

namespace amend {
namespace {

bool same_word(std::string_view value, std::string_view word) noexcept {
  return value.size() == word.size() &&
         std::ranges::equal(value, word, [](char a, char b) { return ascii_lower(a) == b; });
}

template <std::size_t N>
bool is_one_of(std::string_view value, const std::array<std::string_view, N>& words) noexcept {
  return std::ranges::any_of(words, [&](std::string_view word) { return same_word(value, word); });
}

bool is_capitalised(std::string_view word) noexcept {
  return !is_ascii_lower(word.front()) && std::ranges::all_of(word.substr(1), is_ascii_lower);
}

bool has_lower_case(std::string_view value) noexcept { return std::ranges::any_of(value, is_ascii_lower); }

}  // namespace

bool is_null_mark(std::string_view value) noexcept {
  constexpr std::array<std::string_view, 14> marks{"\\n",    "(null)", "<null>",  "[null]", "{null}",
                                                   "n/a",    "<na>",   "<n/a>",   "(none)", "<none>",
                                                   "[none]", "(nil)",  "(blank)", "(empty)"};
  return value.size() <= 8 && is_one_of(value, marks);
}

bool is_null_word(std::string_view value) noexcept {
  constexpr std::array<std::string_view, 8> words{"null", "na", "nan", "nat", "nil", "none", "undefined", "nullptr"};
  return value.size() <= 9 && is_one_of(value, words);
}

bool is_null_as_name(std::string_view value) noexcept {
  return is_null_word(value) && (!is_capitalised(value) || same_word(value, "null"));
}

bool is_boolean(std::string_view value) noexcept {
  constexpr std::array<std::string_view, 10> words{"true", "false",     "wahr",  "falsch", "vrai",
                                                   "faux", "verdadero", "falso", "vero",   "verdad"};
  return value.size() <= 9 && is_one_of(value, words);
}

bool is_error_value(std::string_view value) noexcept {
  constexpr std::array<std::string_view, 8> bare{"#name", "#ref", "#value",        "#num",
                                                 "#null", "#nv",  "#getting_data", "#error"};
  if (value.starts_with("Err:")) return value.size() == 7 && std::ranges::all_of(value.substr(4), is_ascii_digit);
  if (value.size() < 2 || value.front() != '#') return false;
  if (value.find_first_not_of('#') == std::string_view::npos) return true;
  if (value.size() > 24 || has_lower_case(value) || is_ascii_digit(value[1])) return false;
  if (value.find(' ') != std::string_view::npos) return value.starts_with("#N/A ");
  const std::size_t slash = value.find('/');
  return value.back() == '!' || value.back() == '?' || is_one_of(value, bare) ||
         (slash != std::string_view::npos && value.size() <= 7);
}

// A comma is the decimal point in half of Europe.
bool is_scientific(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (take_ascii_digits(text).empty()) return false;
  if (text.starts_with('.') || text.starts_with(',')) {
    text.remove_prefix(1);
    take_ascii_digits(text);
  }
  if (!text.starts_with('E') && !text.starts_with('e')) return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !take_ascii_digits(text).empty() && text.empty();
}

bool has_backslash_escape(std::string_view value) noexcept {
  for (std::size_t at = value.find('\\'); at != std::string_view::npos; at = value.find('\\', at + 1)) {
    if (at + 1 == value.size()) return true;
    constexpr std::string_view escaped = "\"'\\/ntr0N";
    const std::string_view rest = value.substr(at + 1);
    if (escaped.find(rest.front()) != std::string_view::npos) return true;
    const std::size_t digits = rest.front() == 'u' ? 4 : rest.front() == 'x' ? 2 : 0;
    if (digits > 0 && rest.size() > digits && std::ranges::all_of(rest.substr(1, digits), is_hex_digit)) return true;
  }
  return false;
}

bool has_entity(std::string_view value) noexcept {
  for (std::size_t at = value.find('&'); at != std::string_view::npos; at = value.find('&', at + 1)) {
    const std::string_view rest = value.substr(at + 1);
    const std::size_t end = rest.find(';');
    if (end == std::string_view::npos || end < 2 || end > 8) continue;
    const bool number = rest.front() == '#';
    const std::string_view name = rest.substr(number ? 1 : 0, number ? end - 1 : end);
    const auto fits = [&](char c) { return number ? is_hex_digit(c) || c == 'x' : is_ascii_letter(c); };
    if (std::ranges::all_of(name, fits)) return true;
  }
  return false;
}

}  // namespace amend
