// The fields of an HTTP/1.1 head. Layer 1, pure.
// Source: RFC 9110 §5.1 (names in any case), §5.5 (OWS).
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "row/ascii.hpp"

namespace amend::http1 {

inline bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// The text without the blanks at both ends.
inline std::string_view trim(std::string_view s) noexcept {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return s;
}

/// The value of the next line of that field; the name may be in any case. `head` becomes the text after it.
inline std::optional<std::string_view> next_value(std::string_view& head, std::string_view name) noexcept {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (std::ranges::equal(line.substr(0, name.size()), name, {}, ascii_lower, ascii_lower))
      return trim(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

}  // namespace amend::http1
