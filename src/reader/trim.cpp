#include "reader/trim.hpp"

#include <cstddef>

#include "reader/encoding/code_point.hpp"

namespace amend {
namespace {

bool is_dropped(char32_t point) noexcept { return is_space(point) || is_invisible(point); }

bool shapes_letter_before(char32_t point, std::string_view before) noexcept {
  std::size_t size = 0;
  return is_joiner(point) && !before.empty() && takes_joiners(last_code_point(before, size));
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty()) {
    std::string_view rest = text;
    if (!is_dropped(take_code_point(rest))) break;
    text = rest;
  }
  while (!text.empty()) {
    std::size_t size = 0;
    const char32_t last = last_code_point(text, size);
    const std::string_view before = text.substr(0, text.size() - size);
    if (!is_dropped(last) || shapes_letter_before(last, before)) break;
    text = before;
  }
  return text;
}

}  // namespace amend
