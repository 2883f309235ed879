// The character classes of HTTP/1.1 fields that the codec's two files share. Layer 1, pure.
// Source: RFC 9110 §5.5 (OWS), RFC 5234 appendix B.1 (DIGIT).
#pragma once

#include <string_view>

namespace amend::http1 {

inline bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
inline bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
inline char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Without the blanks at both ends.
inline std::string_view trim(std::string_view s) noexcept {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace amend::http1
