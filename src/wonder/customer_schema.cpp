#include "amend/wonder/customer_schema.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "row/ascii.hpp"
#include "row/byte_group.hpp"
#include "row/byte_scan.hpp"
#include "row/hexadecimal.hpp"

namespace amend::wonder {
namespace {

constexpr std::array field_table{
    FieldRule{"name", true, 255, Rule::text, false, true, "an empty value leaves it unchanged"},
    FieldRule{"phone", true, 255, Rule::text, false, false, "an empty value leaves it unchanged"},
    FieldRule{"email", false, 255, Rule::text, false, false, "an empty value leaves it unchanged"},
    FieldRule{"dial_code", false, 6, Rule::text, false, false, "such as +852"},
    FieldRule{"company_name", false, 255, Rule::text, false, true, "no response shows it, so amend cannot compare it"},
    FieldRule{"default_payment_method", false, 0, Rule::choice, true, false,
              "Credit Card, Alipay or Wechat Pay; empty clears it"},
    FieldRule{"default_payment_token", false, 0, Rule::uuid, true, false, "a uuid; empty clears it"},
};

constexpr std::array<std::string_view, 3> payment_method_table{"Credit Card", "Alipay", "Wechat Pay"};

// Eight bytes at once; the sums cannot carry into the next byte because the high bit is masked off first.
constexpr std::uint64_t lower_word(std::uint64_t word) noexcept {
  const std::uint64_t seven = word & ~high_bits;
  const std::uint64_t from_a = seven + in_each(0x80 - 'A');
  const std::uint64_t above_z = seven + in_each(0x80 - 'Z' - 1);
  const std::uint64_t upper = (from_a & ~above_z) & ~word & high_bits;
  return word | (upper >> 2);
}

constexpr std::uint64_t mix(std::uint64_t h) noexcept {  // the finalizer of MurmurHash3 (public domain)
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return h ^ (h >> 33);
}

std::uint64_t little_endian(const char* from, std::size_t count) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return word;
}

// The length of the valid multi-byte sequence at the start of `s` (RFC 3629 §4); 0: there is no such sequence.
std::size_t sequence_length(std::string_view s) noexcept {
  const auto b = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    return i < s.size() && b(i) >= low && b(i) <= high;
  };
  const unsigned first = b(0);
  if (first >= 0xC2 && first <= 0xDF) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

std::size_t find_control(std::string_view value) noexcept {
  const char* const end = value.data() + value.size();
  for (const char* at = value.data(); (at = find_byte(at, end, ControlStart())) != end; ++at) {
    const bool begins_a_letter = *at == '\xC2' && (at + 1 == end || static_cast<unsigned char>(at[1]) >= 0xA0);
    if (!begins_a_letter) return static_cast<std::size_t>(at - value.data());
  }
  return std::string_view::npos;
}

Reason reason(const FieldRule& field, std::string_view what, std::string text) {
  std::string code = "input.";
  code.append(field.name).append(1, '.').append(what);
  return Reason(std::move(code), std::move(text), Origin::input);
}

constexpr bool breaks_line(char c) noexcept { return c == '\n' || c == '\r' || c == '\t'; }

std::size_t find_refused_control(const FieldRule& field, std::string_view value) noexcept {
  std::size_t at = find_control(value);
  while (field.line_breaks && at != std::string_view::npos && breaks_line(value[at])) {
    const std::size_t next = find_control(value.substr(at + 1));
    at = next == std::string_view::npos ? next : at + 1 + next;
  }
  return at;
}

std::string control_name(std::string_view at) {
  if (at.front() == '\t') return "a tab";
  if (breaks_line(at.front())) return "a line break";
  const auto code = static_cast<unsigned char>(at.front() == '\xC2' ? at[1] : at.front());
  std::string name = "the control character U+00";
  append_hex(name, code, capital_hex_digits);
  return name;
}

// Whether only white space is before it, or after it.
bool is_at_end(std::string_view value, std::size_t at) noexcept {
  constexpr std::string_view white_space = " \t\n\v\f\r";
  return white_space.find(value[at]) != std::string_view::npos &&
         (value.substr(0, at).find_first_not_of(white_space) == std::string_view::npos ||
          value.substr(at).find_first_not_of(white_space) == std::string_view::npos);
}

std::optional<Reason> check_control(const FieldRule& field, std::string_view value) {
  const std::size_t at = find_refused_control(field, value);
  if (at == std::string_view::npos) return std::nullopt;
  std::string text =
      std::string(field.name) + " contains " + control_name(value.substr(at)) + " at byte " + std::to_string(at + 1);
  if (is_at_end(value, at)) text += " (at the start or end of the value). --trim removes it";
  return reason(field, "control", std::move(text));
}

std::optional<Reason> check_text(const FieldRule& field, std::string_view value) {
  if (value.size() <= field.code_points_max) return std::nullopt;
  const std::size_t count = code_points(value);
  if (count <= field.code_points_max) return std::nullopt;
  return reason(field, "too_long",
                std::string(field.name) + " has " + std::to_string(count) + " characters (code points); the limit is " +
                    std::to_string(field.code_points_max));
}

std::optional<Reason> check_choice(const FieldRule& field, std::string_view value) {
  if (std::ranges::find(payment_method_table, value) != payment_method_table.end()) return std::nullopt;
  std::string text = std::string(field.name) + " must be exactly one of";
  std::string_view separator = " ";
  for (const std::string_view method : payment_method_table) {
    text.append(separator).append(method);
    separator = ", ";
  }
  return reason(field, "invalid", text);
}

}  // namespace

std::span<const FieldRule> customer_fields() noexcept { return field_table; }

const FieldRule* find_field(std::string_view name) noexcept {
  const auto found = std::ranges::find(field_table, name, &FieldRule::name);
  return found == field_table.end() ? nullptr : &*found;
}

bool is_reference_number(std::string_view text) noexcept {
  return !text.empty() && find_control(text) == std::string_view::npos &&
         code_points(text) <= reference_code_points_max;
}

std::size_t utf8_prefix(std::string_view text) noexcept {
  std::string_view rest = text;
  while (!rest.empty()) {
    if (rest.size() >= 8 && (load_group(rest.data()) & high_bits) == 0) {
      rest.remove_prefix(8);
      continue;
    }
    const bool ascii = static_cast<unsigned char>(rest.front()) < 0x80;
    const std::size_t length = ascii ? 1 : sequence_length(rest);
    if (length == 0) break;
    rest.remove_prefix(length);
  }
  return text.size() - rest.size();
}

bool is_utf8(std::string_view text) noexcept { return utf8_prefix(text) == text.size(); }

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<Reason> check_value(const FieldRule& field, std::string_view value) {
  if (auto control = check_control(field, value)) return control;
  if (value.empty()) return std::nullopt;
  switch (field.rule) {
    case Rule::text: return check_text(field, value);
    case Rule::choice: return check_choice(field, value);
    case Rule::uuid:
      if (is_uuid(value)) return std::nullopt;
      return reason(field, "invalid",
                    std::string(field.name) +
                        " must be a uuid (8-4-4-4-12 hexadecimal digits, 36 characters); it has " +
                        std::to_string(code_points(value)) + " characters");
  }
  return std::nullopt;
}

std::uint64_t customer_key(std::string_view id) noexcept {
  constexpr std::uint64_t step = 0x9E3779B97F4A7C15ULL;
  std::uint64_t h = id.size() * step;
  std::size_t i = 0;
  for (; i + 8 <= id.size(); i += 8) h = mix(h ^ lower_word(little_endian(id.data() + i, 8))) + step;
  return mix(h ^ lower_word(little_endian(id.data() + i, id.size() - i)));
}

bool same_id(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace amend::wonder
