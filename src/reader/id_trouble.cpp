#include "reader/id_trouble.hpp"

#include <array>
#include <cstddef>

#include "amend/wonder/customer_schema.hpp"

namespace amend {
namespace {

constexpr std::string_view decimal = "0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
constexpr std::string_view white_space = " \t\v\f\r\n";

std::string_view without_space(std::string_view id) noexcept {
  const std::size_t first = id.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return id.substr(first, id.find_last_not_of(white_space) - first + 1);
}

std::size_t take_digits(std::string_view& rest) noexcept {
  const std::size_t count = rest.find_first_not_of(decimal);
  const std::size_t digits = count == std::string_view::npos ? rest.size() : count;
  rest.remove_prefix(digits);
  return digits;
}

// A comma is the decimal point of half of Europe.
bool is_scientific(std::string_view id) noexcept {
  if (id.starts_with('-')) id.remove_prefix(1);
  if (take_digits(id) == 0) return false;
  if (id.starts_with('.') || id.starts_with(',')) {
    id.remove_prefix(1);
    take_digits(id);
  }
  if (!id.starts_with('E') && !id.starts_with('e')) return false;
  id.remove_prefix(1);
  if (id.starts_with('+') || id.starts_with('-')) id.remove_prefix(1);
  return take_digits(id) > 0 && id.empty();
}

bool lacks_zeros(std::string_view id) noexcept {
  constexpr std::array<std::size_t, 5> group_sizes{8, 4, 4, 4, 12};
  bool short_group = false;
  for (std::size_t i = 0; i < group_sizes.size(); ++i) {
    const std::string_view group = id.substr(0, id.find('-'));
    if (group.size() > group_sizes[i] || group.find_first_not_of(hexadecimal) != std::string_view::npos) return false;
    short_group = short_group || group.size() < group_sizes[i];
    const bool last = i + 1 == group_sizes.size();
    if (last != (group.size() == id.size())) return false;
    if (!last) id.remove_prefix(group.size() + 1);
  }
  return short_group;
}

}  // namespace

std::string_view id_trouble_code(std::string_view id) noexcept {
  const std::string_view bare = without_space(id);
  if (wonder::is_uuid(bare)) return "id.spaces";
  if (is_scientific(bare)) return "id.scientific";
  if (lacks_zeros(bare)) return "id.leading_zeros";
  return id.size() != 36 ? "id.length" : "id.other";
}

}  // namespace amend
