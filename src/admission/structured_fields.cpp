#include "structured_fields.hpp"

#include "row/ascii.hpp"

#include <algorithm>

namespace amend {
namespace {

using Type = StructuredValue::Type;

constexpr std::size_t integer_digits_max = 15;
constexpr std::size_t decimal_whole_digits_max = 12;
constexpr std::size_t decimal_fraction_digits_max = 3;

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_alpha(char c) noexcept { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_one_of(char c, std::string_view chars) noexcept { return chars.find(c) != std::string_view::npos; }
bool is_printable(char c) noexcept { return c >= 0x20 && c <= 0x7E; }
bool is_token_char(char c) noexcept { return is_alpha(c) || is_ascii_digit(c) || is_one_of(c, "!#$%&'*+-.^_`|~:/"); }
bool is_key_start(char c) noexcept { return is_lower(c) || c == '*'; }
bool is_key_char(char c) noexcept { return is_lower(c) || is_ascii_digit(c) || is_one_of(c, "_-.*"); }
bool is_base64_char(char c) noexcept { return is_alpha(c) || is_ascii_digit(c) || is_one_of(c, "+/"); }

bool take(std::string_view& in, char c) noexcept {
  if (!in.starts_with(c)) return false;
  in.remove_prefix(1);
  return true;
}

std::string_view take_front(std::string_view& in, std::size_t size) noexcept {
  const auto front = in.substr(0, size);
  in.remove_prefix(front.size());
  return front;
}

template <class Is>
std::string_view take_while(std::string_view& in, Is is) noexcept {
  return take_front(in, static_cast<std::size_t>(std::ranges::find_if_not(in, is) - in.begin()));
}

void skip_spaces(std::string_view& in) noexcept {
  take_while(in, [](char c) { return c == ' '; });
}

void skip_blanks(std::string_view& in) noexcept {
  take_while(in, [](char c) { return c == ' ' || c == '\t'; });
}

/// Each of these functions takes one element off the front. It returns false when the element is malformed.
bool take_number(std::string_view& in, StructuredValue& out) noexcept {
  const bool negative = take(in, '-');
  const auto whole = take_while(in, is_ascii_digit);
  if (whole.empty() || whole.size() > integer_digits_max) return false;
  out.type = Type::integer;
  if (take(in, '.')) {
    const auto fraction = take_while(in, is_ascii_digit);
    out.type = Type::decimal;
    return whole.size() <= decimal_whole_digits_max && !fraction.empty() &&
           fraction.size() <= decimal_fraction_digits_max;
  }
  for (const char c : whole) out.number = out.number * 10 + (c - '0');
  if (negative) out.number = -out.number;
  return true;
}

bool take_date(std::string_view& in, StructuredValue& out) noexcept {
  in.remove_prefix(1);
  if (!take_number(in, out) || out.type != Type::integer) return false;
  out.type = Type::date;
  return true;
}

bool take_string(std::string_view& in, StructuredValue& out) noexcept {
  in.remove_prefix(1);
  out.type = Type::string;
  for (std::size_t size = 0; size < in.size(); ++size) {
    if (in[size] == '"') {
      out.text = take_front(in, size);
      in.remove_prefix(1);
      return true;
    }
    if (!is_printable(in[size])) return false;
    if (in[size] != '\\') continue;
    ++size;
    if (size == in.size() || !is_one_of(in[size], "\"\\")) return false;
  }
  return false;
}

bool take_token(std::string_view& in, StructuredValue& out) noexcept {
  out.type = Type::token;
  out.text = take_while(in, is_token_char);
  return true;
}

bool take_byte_sequence(std::string_view& in, StructuredValue& out) noexcept {
  in.remove_prefix(1);
  out.type = Type::byte_sequence;
  take_while(in, is_base64_char);
  const auto padding = take_while(in, [](char c) { return c == '='; });
  return padding.size() <= 2 && take(in, ':');
}

bool take_boolean(std::string_view& in, StructuredValue& out) noexcept {
  in.remove_prefix(1);
  out.type = Type::boolean;
  out.number = in.starts_with('1') ? 1 : 0;
  return take(in, '1') || take(in, '0');
}

/// Checks UTF-8 (RFC 3629) byte by byte.
class Utf8Check {
 public:
  /// Returns false when the bytes cannot be UTF-8 any more.
  bool take(unsigned byte) noexcept {
    if (left_ == 0) return start(byte);
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    --left_;
    return true;
  }
  bool complete() const noexcept { return left_ == 0; }

 private:
  bool start(unsigned byte) noexcept {
    if (byte < 0x80) return true;
    if (byte < 0xC2 || byte > 0xF4) return false;
    left_ = byte < 0xE0 ? 1U : byte < 0xF0 ? 2U : 3U;
    // UTF-8 allows no overlong forms, no surrogates and no value above U+10FFFF.
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
    return true;
  }

  unsigned left_ = 0;
  unsigned low_ = 0x80;
  unsigned high_ = 0xBF;
};

/// The value of two lower-case hexadecimal digits; −1 if they are not digits.
int take_hex_byte(std::string_view& in) noexcept {
  const auto digits = take_front(in, 2);
  int byte = 0;
  for (const char c : digits) {
    if (!is_ascii_digit(c) && (c < 'a' || c > 'f')) return -1;
    byte = byte * 16 + (is_ascii_digit(c) ? c - '0' : c - 'a' + 10);
  }
  return digits.size() == 2 ? byte : -1;
}

bool take_display_string(std::string_view& in, StructuredValue& out) noexcept {
  in.remove_prefix(1);
  out.type = Type::display_string;
  if (!take(in, '"')) return false;
  Utf8Check utf8;
  while (!in.empty()) {
    const char c = take_front(in, 1).front();
    if (c == '"') return utf8.complete();
    if (!is_printable(c)) return false;
    const int byte = c == '%' ? take_hex_byte(in) : c;
    if (byte < 0 || !utf8.take(static_cast<unsigned>(byte))) return false;
  }
  return false;
}

bool take_bare_item(std::string_view& in, StructuredValue& out) noexcept {
  out = StructuredValue();
  if (in.empty()) return false;
  const char c = in.front();
  if (c == '-' || is_ascii_digit(c)) return take_number(in, out);
  if (c == '*' || is_alpha(c)) return take_token(in, out);
  switch (c) {
    case '"': return take_string(in, out);
    case ':': return take_byte_sequence(in, out);
    case '?': return take_boolean(in, out);
    case '@': return take_date(in, out);
    case '%': return take_display_string(in, out);
    default: return false;
  }
}

/// Takes one parameter, which begins with its semicolon.
bool take_parameter(std::string_view& in, std::string_view& key, StructuredValue& value) noexcept {
  if (!take(in, ';')) return false;
  skip_spaces(in);
  if (in.empty() || !is_key_start(in.front())) return false;
  key = take_while(in, is_key_char);
  if (take(in, '=')) return take_bare_item(in, value);
  value = StructuredValue();
  value.number = 1;
  return true;
}

bool take_parameters(std::string_view& in, std::string_view& out) noexcept {
  const std::string_view start = in;
  std::string_view key;
  StructuredValue value;
  while (in.starts_with(';'))
    if (!take_parameter(in, key, value)) return false;
  out = start.substr(0, start.size() - in.size());
  return true;
}

bool take_inner_list(std::string_view& in, StructuredValue& out) noexcept {
  in.remove_prefix(1);
  StructuredValue item;
  std::string_view parameters;
  for (;;) {
    skip_spaces(in);
    if (take(in, ')')) break;
    if (!take_bare_item(in, item) || !take_parameters(in, parameters)) return false;
    if (!in.starts_with(' ') && !in.starts_with(')')) return false;
  }
  out = StructuredValue();
  out.type = Type::inner_list;
  return true;
}

bool take_member(std::string_view& in, StructuredMember& out) noexcept {
  const bool good = in.starts_with('(') ? take_inner_list(in, out.value) : take_bare_item(in, out.value);
  return good && take_parameters(in, out.parameters);
}

}  // namespace

std::optional<StructuredValue> StructuredMember::parameter(std::string_view key) const noexcept {
  std::optional<StructuredValue> found;
  std::string_view left = parameters;
  std::string_view name;
  StructuredValue value_read;
  while (take_parameter(left, name, value_read))
    if (name == key) found = value_read;
  return found;
}

StructuredListReader::StructuredListReader(std::string_view line) noexcept : left_(line) { skip_spaces(left_); }

StructuredListReader::Step StructuredListReader::next(StructuredMember& out) noexcept {
  if (state_ == State::malformed) return Step::malformed;
  if (left_.empty()) return Step::end;
  if (state_ == State::further) {
    if (!take(left_, ',')) return fail();
    skip_blanks(left_);  // a comma without a member behind it is malformed: take_member refuses it
  }
  state_ = State::further;
  if (!take_member(left_, out)) return fail();
  skip_blanks(left_);
  return Step::member;
}

StructuredListReader::Step StructuredListReader::fail() noexcept {
  state_ = State::malformed;
  return Step::malformed;
}

}  // namespace amend
