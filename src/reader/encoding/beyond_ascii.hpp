// Finds damage in the characters beyond ASCII of a value: lost, encoded twice, invisible. Pure. Layer 1.
#pragma once

#include <string_view>

#include "reader/encoding/code_point.hpp"
#include "reader/encoding/double_encoding.hpp"
#include "reader/mapping/value_finding.hpp"

namespace amend {

// Letters of the scripts in which most names are written, and which have no other use. They need no further check.
constexpr bool is_plain_letter(char32_t point) noexcept {
  return (point >= 0x3400 && point <= 0x9FFF) || (point >= 0xC0 && point <= 0x24F) ||
         (point >= 0x370 && point <= 0x52F) || (point >= 0x3041 && point <= 0x30FF) ||
         (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0x1E00 && point <= 0x1FFF) ||
         (point >= 0x0E01 && point <= 0x0E4E);
}

constexpr bool is_han(char32_t point) noexcept { return point >= 0x4E00 && point <= 0x9FFF; }

/// Examines `value`, which is valid UTF-8 as for look_at_value().
class BeyondAscii {
 public:
  BeyondAscii(ValueRole role, std::string_view value) noexcept
      : in_name_(role == ValueRole::name || role == ValueRole::company) {
    for (std::string_view rest = value; !rest.empty();) take(take_code_point(rest));
    if (direction_mark_ && !right_to_left_) invisible_ = true;
    if (replaced_) {
      finding_ = ValueFinding::replacement;
    } else if ((doubtful_ && is_doubly_encoded(value)) || (han_ && is_utf8_read_as_gbk(value))) {
      finding_ = ValueFinding::double_encoding;
    } else if (invisible_) {
      finding_ = in_name_ ? ValueFinding::invisible_in_name : ValueFinding::invisible;
    }
  }

  ValueFinding finding() const noexcept { return finding_; }

 private:
  void take(char32_t point) noexcept {
    // U+951F U+65A4 is what two characters U+FFFD become when they are read as GBK.
    replaced_ = replaced_ || point == 0xFFFD || (before_ == 0x951F && point == 0x65A4);
    const bool may_lead = (before_ >= 0xC2 && before_ <= 0xF4) || before_ == 0x0420 || before_ == 0x0421 ||
                          before_ == 0x221A || before_ == 0x201A;
    doubtful_ = doubtful_ || (may_lead && point >= 0x80);
    han_ = han_ || (is_han(before_) && is_han(point));
    if (point >= 0x80 && !is_plain_letter(point)) {
      right_to_left_ = right_to_left_ || runs_right_to_left(point);
      if (is_invisible(point)) judge(point);
    }
    before_ = point;
  }

  void judge(char32_t point) noexcept {
    if (in_name_ && is_direction_mark(point)) {
      direction_mark_ = true;
      return;
    }
    const bool fits = in_name_ && ((is_joiner(point) && takes_joiners(before_)) ||
                                   (point == 0x200B && breaks_without_spaces(before_)));
    invisible_ = invisible_ || !fits;
  }

  bool in_name_;
  bool replaced_ = false;
  bool doubtful_ = false;
  bool han_ = false;
  bool invisible_ = false;
  bool direction_mark_ = false;
  bool right_to_left_ = false;
  char32_t before_ = 0;
  ValueFinding finding_ = ValueFinding::none;
};

}  // namespace amend
