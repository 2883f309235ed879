#include "row/closest_name.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace amend {
namespace {

constexpr std::size_t changes_max = 2;
constexpr std::size_t letters_a_change = 3;

using Line = std::array<std::size_t, name_bytes_max + 1>;

// The optimal string alignment distance by its usual table. Only three lines are needed at a time.
std::size_t changes_between(std::string_view a, std::string_view b) {
  Line before_last{};
  Line last{};
  Line now{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, replaced});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) now[j] = std::min(now[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string_view closest_name(std::string_view typed, std::span<const std::string_view> names) {
  std::string_view closest;
  if (typed.size() > name_bytes_max) return closest;
  std::size_t fewest = std::min(changes_max, typed.size() / letters_a_change) + 1;
  for (const std::string_view name : names) {
    if (name.size() > name_bytes_max) continue;
    const std::size_t changes = changes_between(typed, name);
    if (changes >= fewest) continue;
    fewest = changes;
    closest = name;
  }
  return closest;
}

}  // namespace amend
