#include "reader/mapping/id_trouble.hpp"

#include <array>
#include <cstddef>

#include "amend/wonder/customer_schema.hpp"
#include "reader/mapping/stray_words.hpp"
#include "reader/mapping/value_finding.hpp"
#include "reader/trim.hpp"

namespace amend {
namespace {

constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";

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
  const std::string_view bare = trimmed(id);
  if (wonder::is_uuid(bare)) return "id.spaces";
  if (wonder::is_uuid(trimmed(without_formula(ValueRole::other, bare)))) return "id.formula";
  if (is_enclosed(bare)) return "id.quotes";
  if (is_scientific(bare)) return "id.scientific";
  if (lacks_zeros(bare)) return "id.leading_zeros";
  return id.size() != 36 ? "id.length" : "id.other";
}

}  // namespace amend
