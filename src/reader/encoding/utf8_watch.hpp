// Checks whether bytes that arrive in pieces are UTF-8. Pure. Layer 1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "amend/reader/encoding_check.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend {

class Utf8Watch {
 public:
  void take(std::string_view bytes) {
    if (!is_utf8_) return;
    cut_ += bytes;
    std::size_t whole = wonder::utf8_prefix(cut_);
    // At most three bytes of an incomplete character wait for the next piece.
    const bool may_be_cut = cut_.size() - whole < longest_character;
    is_utf8_ = may_be_cut && cut_.find('\0') == std::string::npos;
    beyond_ascii_ = beyond_ascii_ || is_beyond_ascii(std::string_view(cut_).substr(0, whole));
    cut_.erase(0, whole);
  }

  /// Whether all bytes so far are UTF-8 and some are beyond ASCII.
  bool is_utf8_beyond_ascii() const noexcept { return is_utf8_ && beyond_ascii_; }

 private:
  static constexpr std::size_t longest_character = 4;

  std::string cut_;
  bool is_utf8_ = true;
  bool beyond_ascii_ = false;
};

}  // namespace amend
