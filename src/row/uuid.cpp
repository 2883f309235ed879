#include "amend/row/uuid.hpp"

#include "row/hexadecimal.hpp"

namespace amend {

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
  unsigned digits = 0;
  for (const char c : text) digits += is_hex_digit(c) ? 1U : 0U;
  return digits == 32;
}

}  // namespace amend
