// The text of an error response that has no message. Layer 1, pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::wonder {

inline constexpr std::string_view status_text_head = "HTTP ";
inline constexpr std::string_view status_text_tail = ", no message in the response";

/// "HTTP 500, no message in the response"
inline std::string text_without_message(std::uint16_t status) {
  return std::string(status_text_head) + std::to_string(status) + std::string(status_text_tail);
}

/// Such a text is amend's own: it repeats no value of a customer.
inline bool is_text_without_message(std::string_view text) noexcept {
  if (!text.starts_with(status_text_head) || !text.ends_with(status_text_tail)) return false;
  text.remove_prefix(status_text_head.size());
  if (text.size() <= status_text_tail.size()) return false;
  text.remove_suffix(status_text_tail.size());
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace amend::wonder
