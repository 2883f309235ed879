#include "reader/mapping/value_finding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reader/encoding/ascii.hpp"
#include "reader/encoding/beyond_ascii.hpp"
#include "reader/encoding/code_point.hpp"
#include "reader/mapping/phone_shape.hpp"
#include "reader/mapping/stray_words.hpp"
#include "row/ascii.hpp"
#include "row/byte_group.hpp"
#include "row/byte_scan.hpp"
#include "row/hexadecimal.hpp"

namespace amend {
namespace {

using Finding = ValueFinding;

// In the order of ValueFinding, beginning with apostrophe.
constexpr std::array rules{
    FindingRule(Finding::apostrophe, "value.apostrophe", Degree::damage),
    FindingRule(Finding::backslash, "value.backslash", Degree::damage),
    FindingRule(Finding::boolean, "value.boolean", Degree::damage),
    FindingRule(Finding::date, "value.date", Degree::damage),
    FindingRule(Finding::other_column, "value.columns", Degree::damage),
    FindingRule(Finding::double_encoding, "value.double_encoding", Degree::damage),
    FindingRule(Finding::error_value, "value.error_value", Degree::damage),
    FindingRule(Finding::formula, "value.formula", Degree::damage),
    FindingRule(Finding::invisible, "value.invisible", Degree::damage),
    FindingRule(Finding::no_digit, "value.no_digit", Degree::damage),
    FindingRule(Finding::null, "value.null", Degree::damage),
    FindingRule(Finding::number, "value.number", Degree::damage),
    FindingRule(Finding::quotes, "value.quotes", Degree::damage),
    FindingRule(Finding::replacement, "value.replacement", Degree::damage),
    FindingRule(Finding::scientific, "value.scientific", Degree::damage),
    FindingRule(Finding::several_phones, "value.several_phones", Degree::damage),
    FindingRule(Finding::phone_as_email, "value.columns", Degree::damage, Finding::no_address, true),
    FindingRule(Finding::phone_as_name, "value.columns", Degree::damage, Finding::name_of_digits, true),
    FindingRule(Finding::email_as_name, "value.columns", Degree::damage, Finding::none, true),
    FindingRule(Finding::quotes_around_name, "value.quotes", Degree::damage, Finding::none, true),
    FindingRule(Finding::entity, "value.entity", Degree::hint),
    FindingRule(Finding::invisible_in_name, "value.invisible_in_name", Degree::hint),
    FindingRule(Finding::line_break, "value.line_break", Degree::hint),
    FindingRule(Finding::name_of_digits, "value.name_of_digits", Degree::hint),
    FindingRule(Finding::name_sign, "value.name_sign", Degree::hint),
    FindingRule(Finding::null_as_name, "value.null_as_name", Degree::hint),
    FindingRule(Finding::no_address, "value.no_address", Degree::hint),
    FindingRule(Finding::one_digit, "value.one_digit", Degree::hint),
    FindingRule(Finding::space, "value.space", Degree::hint),
};
static_assert(rules.size() + 1 == value_finding_count);

/// The classes of bytes in a value.
namespace has {
constexpr unsigned digit = 1;
constexpr unsigned letter = 2;
constexpr unsigned space = 4;
constexpr unsigned bracket = 8;        // ( )
constexpr unsigned name_mark = 16;     // . , - '
constexpr unsigned address_mark = 32;  // _ and %
constexpr unsigned at = 64;
constexpr unsigned plus = 128;
constexpr unsigned ampersand = 256;
constexpr unsigned beyond_ascii = 512;
constexpr unsigned line_break = 1024;  // and TAB
constexpr unsigned other = 2048;
}  // namespace has

constexpr std::array<std::uint16_t, 256> make_classes() noexcept {
  std::array<std::uint16_t, 256> out{};
  for (unsigned c = 0; c < out.size(); ++c) {
    out[c] = c >= 0x80                                       ? has::beyond_ascii
             : is_ascii_digit(static_cast<char>(c))          ? has::digit
             : is_ascii_letter(static_cast<char>(c))         ? has::letter
             : c == ' '                                      ? has::space
             : c == '(' || c == ')'                          ? has::bracket
             : c == '.' || c == ',' || c == '-' || c == '\'' ? has::name_mark
             : c == '_' || c == '%'                          ? has::address_mark
             : c == '@'                                      ? has::at
             : c == '+'                                      ? has::plus
             : c == '&'                                      ? has::ampersand
             : c == '\n' || c == '\r' || c == '\t'           ? has::line_break
                                                             : has::other;
  }
  return out;
}
constexpr auto classes = make_classes();

unsigned class_of(char c) noexcept { return classes[static_cast<unsigned char>(c)]; }

// Processes eight bytes at a time in a register. GCC would vectorize the plain loop, which slows table look-ups.
unsigned classes_of(std::string_view value) noexcept {
  unsigned out = 0;
  for (; value.size() >= 8; value.remove_prefix(8)) {
    std::uint64_t group = load_group(value.data());
    for (int i = 0; i < 8; ++i, group >>= 8) out |= classes[group & 0xFF];
  }
  for (const char c : value) out |= class_of(c);
  return out;
}

bool has_one(std::string_view value, char c) noexcept {
  const std::size_t at = value.find(c);
  return at != std::string_view::npos && value.find(c, at + 1) == std::string_view::npos;
}

std::string_view without_spaces(std::string_view value) noexcept {
  while (!value.empty()) {
    std::string_view rest = value;
    if (!is_space(take_code_point(rest))) break;
    value = rest;
  }
  while (!value.empty()) {
    std::size_t size = 0;
    if (!is_space(last_code_point(value, size))) break;
    value.remove_suffix(size);
  }
  return value;
}

bool is_formula_sign(char c) noexcept { return c == '=' || c == '+' || c == '-' || c == '@'; }

constexpr std::array<std::string_view, 5> apostrophes{"'", "\u2018", "\u2019", "`", "\u00B4"};

// The length in bytes of the apostrophe that keeps a number a text; 0: there is no such apostrophe.
std::size_t apostrophe_before(ValueRole role, std::string_view value) noexcept {
  const auto found = std::ranges::find_if(apostrophes, [&](std::string_view a) { return value.starts_with(a); });
  if (found == apostrophes.end() || value.size() == found->size()) return 0;
  const char next = value[found->size()];
  const bool is_name = role == ValueRole::name || role == ValueRole::company;
  if (is_name) return is_formula_sign(next) ? found->size() : 0;
  const bool is_number = role == ValueRole::phone || role == ValueRole::dial_code;
  const bool guarded =
      is_formula_sign(next) || is_ascii_digit(next) || (is_number && (class_of(next) & has::letter) == 0);
  return guarded || role == ValueRole::other ? found->size() : 0;
}

bool is_quoted_formula(std::string_view value) noexcept {
  return value.size() >= 3 && value.starts_with("=\"") && value.ends_with('"') &&
         value.substr(2, value.size() - 3).find('"') == std::string_view::npos;
}

// Whether an export has lost a character: "Ren?e", "9123?4567", "???".
bool has_lost_character(ValueRole role, std::string_view value) noexcept {
  if (value.size() > 1 && value.find_first_not_of("? ") == std::string_view::npos) return true;
  const bool is_number = role == ValueRole::phone || role == ValueRole::dial_code;
  if (!is_number && role != ValueRole::name && role != ValueRole::email) return false;
  const unsigned beside = is_number ? has::digit : has::letter | has::beyond_ascii;
  const auto is_beside = [&](std::size_t i) { return (class_of(value[i]) & beside) != 0; };
  for (std::size_t at = value.find('?', 1); at < value.size() - 1; at = value.find('?', at + 1))
    if (is_beside(at - 1) && is_beside(at + 1)) return true;
  return false;
}

// Damage in any field. `value` has no white space around it.
Finding common_damage(ValueRole role, std::string_view value, unsigned kinds, Finding beyond_ascii) noexcept {
  if (beyond_ascii != Finding::none && beyond_ascii != Finding::invisible_in_name) return beyond_ascii;
  if (is_quoted_formula(value)) return Finding::formula;
  if (is_error_value(value)) return Finding::error_value;
  if (is_null_mark(value)) return Finding::null;
  if ((kinds & has::other) == 0) return Finding::none;
  if (has_lost_character(role, value)) return Finding::replacement;
  if (has_backslash_escape(value)) return Finding::backslash;
  return Finding::none;
}

// Damage in any field that is not a name.
Finding damage_but_in_names(std::string_view value) noexcept {
  if (value.starts_with('=')) return Finding::formula;
  if (is_null_word(value)) return Finding::null;
  if (is_boolean(value)) return Finding::boolean;
  if (is_enclosed(value)) return Finding::quotes;
  return Finding::none;
}

Finding look_at_number(ValueRole role, std::string_view value) noexcept {
  if (apostrophe_before(role, value) > 0) return Finding::apostrophe;
  if (value.find('@') != std::string_view::npos || wonder::is_uuid(value)) return Finding::other_column;
  const std::string_view digits = value.starts_with('+') ? value.substr(1) : value;
  if (is_scientific(digits) || value.find("10^") != std::string_view::npos) return Finding::scientific;
  if (is_formatted_number(value)) return Finding::number;
  if (role == ValueRole::dial_code && value.find_first_of(",'") != std::string_view::npos) return Finding::number;
  if (is_date(value)) return Finding::date;
  if (role == ValueRole::phone && has_several_phones(value)) return Finding::several_phones;
  const unsigned count = count_digits(value);
  if (count == 0) return Finding::no_digit;
  return role == ValueRole::phone && count == 1 ? Finding::one_digit : Finding::none;
}

Finding look_at_email(std::string_view value) noexcept {
  if (has_one(value, '@')) return Finding::none;
  return looks_like_phone(value) ? Finding::phone_as_email : Finding::no_address;
}

bool has_letter(std::string_view value, unsigned kinds) noexcept {
  if ((kinds & has::letter) != 0) return true;
  while (!value.empty()) {
    const char32_t point = take_code_point(value);
    if (point >= 0x80 && !is_digit(point) && !is_space(point) && !is_invisible(point)) return true;
  }
  return false;
}

// Companies are written in quotation marks in many languages, and a customer's name may be a company's.
bool names_are_quoted_so(ValueRole role, std::string_view value) noexcept {
  if (value.starts_with("\u00AB") || value.starts_with("\u00BB")) return true;
  return role == ValueRole::company && (value.starts_with("\u201C") || value.starts_with("\u201E"));
}

Finding look_at_name(ValueRole role, std::string_view value, unsigned kinds, Finding beyond_ascii) noexcept {
  const bool person = role == ValueRole::name;
  if (is_enclosed(value) && !names_are_quoted_so(role, value)) return Finding::quotes_around_name;
  if (looks_like_phone(value)) return Finding::phone_as_name;
  if ((kinds & has::at) != 0 && value.find('.') != std::string_view::npos &&
      value.find(' ') == std::string_view::npos && !value.starts_with('@'))
    return Finding::email_as_name;
  if (is_null_as_name(value)) return Finding::null_as_name;
  if (is_formula_sign(value.front()) || apostrophe_before(role, value) > 0) return Finding::name_sign;
  if (person && (!has_letter(value, kinds) || is_scientific(value))) return Finding::name_of_digits;
  if (beyond_ascii != Finding::none) return beyond_ascii;
  return (kinds & has::line_break) != 0 ? Finding::line_break : Finding::none;
}

constexpr std::size_t two_phones_size = 15;  // with a space or a bracket between them

// Most values are plain. All other values get the full examination.
bool is_plain(ValueRole role, std::string_view value, unsigned kinds) noexcept {
  const unsigned first = class_of(value.front());
  const unsigned last = class_of(value.back());
  switch (role) {
    case ValueRole::phone:
      return (kinds & ~(has::digit | has::space | has::bracket | has::plus)) == 0 && last == has::digit &&
             value.find('+', 1) == std::string_view::npos && value.size() >= 4 && first != has::space &&
             ((kinds & (has::space | has::bracket)) == 0 || value.size() < two_phones_size);
    case ValueRole::dial_code: return (kinds & ~(has::digit | has::plus)) == 0 && last == has::digit;
    case ValueRole::email:
      return (kinds & ~(has::digit | has::letter | has::name_mark | has::address_mark | has::at | has::plus)) == 0 &&
             (first & (has::letter | has::digit)) != 0 && last == has::letter && has_one(value, '@');
    case ValueRole::name:
    case ValueRole::company:
      return (kinds & ~(has::digit | has::letter | has::space | has::name_mark | has::bracket | has::ampersand)) == 0 &&
             (kinds & has::letter) != 0 && first == has::letter && (last & (has::space)) == 0 &&
             (value.size() > 9 || (!is_null_word(value) && !is_null_mark(value)));
    case ValueRole::reference: return (kinds & ~(has::digit | has::letter)) == 0 && value.size() > 9;
    case ValueRole::other: break;
  }
  return true;
}

// Most long values consist of these bytes only. This test is faster than the classes.
bool is_plain_at_a_glance(ValueRole role, std::string_view value) noexcept {
  constexpr PlainBytes of_names({' ', ' '}, {'&', ')'}, {',', '.'});
  constexpr PlainBytes of_emails({'+', '.'}, {'@', '@'}, {'_', '_'});
  switch (role) {
    case ValueRole::name:
    case ValueRole::company: return of_names.are_all_of(value) && is_plain(role, value, has::letter);
    case ValueRole::email: return of_emails.are_all_of(value) && is_plain(role, value, has::letter);
    default: return false;
  }
}

// The same for a name with characters beyond ASCII, when none of them is unusual.
bool is_plain_name(std::string_view value, unsigned kinds) noexcept {
  constexpr unsigned plain =
      has::digit | has::letter | has::space | has::name_mark | has::bracket | has::ampersand | has::beyond_ascii;
  const auto is_letter = [](char32_t point) {
    return point < 0x80 ? (class_of(static_cast<char>(point)) & has::letter) != 0 : is_plain_letter(point);
  };
  std::string_view rest = value;
  std::size_t size = 0;
  return (kinds & ~plain) == 0 && is_letter(take_code_point(rest)) && is_letter(last_code_point(value, size));
}

Finding look_at_reference(std::string_view value) noexcept {
  if (apostrophe_before(ValueRole::reference, value) > 0) return Finding::apostrophe;
  const bool has_point = value.find_first_of(".,+") != std::string_view::npos;
  if (has_point && is_scientific(value)) return Finding::scientific;
  return has_point && !value.starts_with('-') && is_formatted_number(value) ? Finding::number : Finding::none;
}

Finding look_at_role(ValueRole role, std::string_view value, unsigned kinds, Finding beyond_ascii) noexcept {
  switch (role) {
    case ValueRole::phone:
    case ValueRole::dial_code: return look_at_number(role, value);
    case ValueRole::email: return look_at_email(value);
    case ValueRole::name:
    case ValueRole::company: return look_at_name(role, value, kinds, beyond_ascii);
    case ValueRole::reference: return look_at_reference(value);
    case ValueRole::other: break;
  }
  return Finding::none;
}

// Not inlined: its stack frame would slow down the other values.
[[gnu::noinline]] Finding look_closely(ValueRole role, std::string_view value) noexcept {
  const unsigned kinds = classes_of(value);
  if (is_plain(role, value, kinds)) return Finding::none;
  const bool is_name = role == ValueRole::name || role == ValueRole::company;
  Finding beyond_ascii = Finding::none;
  if ((kinds & has::beyond_ascii) != 0) {
    beyond_ascii = BeyondAscii(role, value).finding();
    if (is_name && beyond_ascii == Finding::none && is_plain_name(value, kinds)) return Finding::none;
  }
  const std::string_view bare = without_spaces(value);
  if (bare.empty()) return Finding::space;
  Finding finding = common_damage(role, bare, kinds, beyond_ascii);
  if (finding == Finding::none && !is_name) finding = damage_but_in_names(bare);
  if (finding == Finding::none) finding = look_at_role(role, bare, kinds, beyond_ascii);
  if (finding == Finding::none && (kinds & has::ampersand) != 0 && has_entity(bare)) finding = Finding::entity;
  return finding == Finding::none && bare.size() != value.size() ? Finding::space : finding;
}

std::string code_point_text(char32_t point) {
  std::string out;
  for (int shift = point > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) out += capital_hex_digits[(point >> shift) & 0xF];
  if (out.size() > 5 && out.front() == '0') out.erase(0, 1);
  return "U+" + out;
}

}  // namespace

ValueRole role_of(std::string_view field) noexcept {
  constexpr std::array<std::pair<std::string_view, ValueRole>, 5> roles{{{"name", ValueRole::name},
                                                                         {"phone", ValueRole::phone},
                                                                         {"email", ValueRole::email},
                                                                         {"dial_code", ValueRole::dial_code},
                                                                         {"company_name", ValueRole::company}}};
  const auto found = std::ranges::find(roles, field, &std::pair<std::string_view, ValueRole>::first);
  return found == roles.end() ? ValueRole::other : found->second;
}

const FindingRule& rule_of(ValueFinding finding) noexcept { return rules[static_cast<std::size_t>(finding) - 1]; }

ValueFinding look_at_value(ValueRole role, std::string_view value) noexcept {
  if (value.empty() || role == ValueRole::other || is_plain_at_a_glance(role, value)) return Finding::none;
  return look_closely(role, value);
}

bool is_enclosed(std::string_view value) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> pairs{{{"'", "'"},
                                                                                 {"\"", "\""},
                                                                                 {"`", "`"},
                                                                                 {"\u00B4", "\u00B4"},
                                                                                 {"\u2018", "\u2019"},
                                                                                 {"\u201A", "\u2018"},
                                                                                 {"\u201C", "\u201D"},
                                                                                 {"\u201D", "\u201D"},
                                                                                 {"\u201E", "\u201C"},
                                                                                 {"\u201E", "\u201D"},
                                                                                 {"\u00AB", "\u00BB"},
                                                                                 {"\u00BB", "\u00AB"},
                                                                                 {"\u2039", "\u203A"},
                                                                                 {"`", "'"}}};
  return std::ranges::any_of(pairs, [&](const auto& pair) {
    return value.size() > pair.first.size() + pair.second.size() && value.starts_with(pair.first) &&
           value.ends_with(pair.second);
  });
}

std::string_view without_formula(ValueRole role, std::string_view value) noexcept {
  if (is_quoted_formula(value)) return value.substr(2, value.size() - 3);
  return value.substr(apostrophe_before(role, value));
}

std::string describe(ValueFinding finding, std::string_view value) {
  switch (finding) {
    case Finding::boolean:
    case Finding::error_value:
    case Finding::null:
    case Finding::null_as_name: return printable(without_spaces(value), 40);
    case Finding::replacement:
      return (value.find("\uFFFD") == std::string_view::npos ? "? in " : "U+FFFD in ") + masked(value);
    case Finding::invisible:
    case Finding::invisible_in_name: return invisible_character(value) + " in " + masked(value);
    default: return masked(value);
  }
}

std::string masked(std::string_view value) {
  if (value.empty()) return "\"\"";
  std::string_view rest = value;
  const char32_t first = take_code_point(rest);
  const std::string shown = is_invisible(first) || is_space(first)
                                ? code_point_text(first)
                                : printable(value.substr(0, value.size() - rest.size()));
  const std::size_t count = wonder::code_points(value);
  return shown + "… (" + std::to_string(count) + (count == 1 ? " character)" : " characters)");
}

std::string invisible_character(std::string_view value) {
  while (!value.empty()) {
    const char32_t point = take_code_point(value);
    if (is_invisible(point)) return code_point_text(point);
  }
  return {};
}

}  // namespace amend
