#include "reader/column_name.hpp"

#include <algorithm>

namespace amend {
namespace {

constexpr std::string_view separators = " \t_-";

char folded(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return separators.find(c) == std::string_view::npos ? c : ' ';
}

std::string_view trimmed(std::string_view name) noexcept {
  while (!name.empty() && folded(name.front()) == ' ') name.remove_prefix(1);
  while (!name.empty() && folded(name.back()) == ' ') name.remove_suffix(1);
  return name;
}

}  // namespace

bool same_column(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(trimmed(a), trimmed(b), {}, folded, folded);
}

}  // namespace amend
