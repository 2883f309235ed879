#include "reader/mapping/row_faults.hpp"

#include <utility>

#include "amend/wonder/customer_schema.hpp"

namespace amend {

Reason row_fault(std::string_view code, const std::string& text, std::uint32_t column) {
  return Reason(std::string(code), printable(text), Origin::input, column);
}

void refuse_row(Record& record, Reason reason) {
  std::string& raw = record.raw();
  if (raw.size() > raw_kept_bytes) {
    std::size_t size = raw_kept_bytes;
    while (size > raw_kept_bytes - 4 && (static_cast<unsigned char>(raw[size]) & 0xC0) == 0x80) --size;
    raw.resize(size);
  }
  record.set_fault(std::move(reason));
}

bool judge_bytes(Record& record) {
  const std::string& raw = record.raw();
  const std::size_t nul = raw.find('\0');
  if (nul != std::string::npos) {
    refuse_row(record, row_fault("input.nul", "byte " + std::to_string(nul + 1) + " of the row is NUL"));
    return false;
  }
  if (!wonder::is_utf8(raw)) {
    refuse_row(record, row_fault("input.utf8", "byte " + std::to_string(wonder::utf8_prefix(raw) + 1) +
                                                   " of the row is not valid UTF-8"));
    return false;
  }
  return true;
}

}  // namespace amend
