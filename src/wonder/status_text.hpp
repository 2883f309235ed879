// The text of an error response without a message. Pure. Layer 1.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::wonder {

inline constexpr std::string_view status_text_head = "HTTP ";
inline constexpr std::string_view status_text_tail = ", no message in the response";

/// For example "HTTP 500, no message in the response".
inline std::string text_without_message(std::uint16_t status) {
  return std::string(status_text_head) + std::to_string(status) + std::string(status_text_tail);
}

/// Whether the text is such a text of amend's own, which repeats no value of a customer.
inline bool is_text_without_message(std::string_view text) noexcept {
  if (!text.starts_with(status_text_head) || !text.ends_with(status_text_tail)) return false;
  text.remove_prefix(status_text_head.size());
  if (text.size() <= status_text_tail.size()) return false;
  text.remove_suffix(status_text_tail.size());
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace amend::wonder
