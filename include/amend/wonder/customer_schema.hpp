// The schema of the customers API: its fields, their limits, its ids. Pure: no I/O.
//
// One table serves the mapper, the simulator and the comparison, so they cannot disagree.
//
// Threads: any. Source: src/wonder/README.md §1; layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "amend/error.hpp"
#include "amend/row/uuid.hpp"

namespace amend::wonder {

enum class Rule : std::uint8_t {
  text,    ///< at most `code_points_max` characters, none of them a control character (but FieldRule::line_breaks)
  choice,  ///< "Credit Card", "Alipay" or "Wechat Pay"
  uuid,    ///< `is_uuid`
};

/// One field of the PUT body (src/wonder/README.md §1).
struct FieldRule {
  std::string_view name;          ///< as in the JSON body
  bool required;                  ///< the API refuses a body without it
  std::uint32_t code_points_max;  ///< for Rule::text; otherwise 0
  Rule rule;
  bool clearable;         ///< sending "" clears it [doc]; for the others "" changes nothing or is not documented
  bool line_breaks;       ///< LF, CR and TAB are allowed
  std::string_view note;  ///< what an operator must know beyond these rules
};

inline constexpr std::size_t customer_field_count = 7;

/// The seven fields of PUT, in the order of src/wonder/README.md §1.
std::span<const FieldRule> customer_fields() noexcept;

/// nullptr when the API has no such field. Names are case-sensitive.
const FieldRule* find_field(std::string_view name) noexcept;

using amend::is_uuid;

/// The API documents no limit for the merchant's own number. This is the limit of its other texts.
inline constexpr std::uint32_t reference_code_points_max = 255;

/// Whether the text has 1 to `reference_code_points_max` characters without control characters. It must be valid UTF-8.
bool is_reference_number(std::string_view text) noexcept;

/// Whether the text is valid UTF-8 by RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF. ASCII is
/// checked eight bytes at a time.
bool is_utf8(std::string_view text) noexcept;

/// The offset of the first byte that is not valid UTF-8; the size when all bytes are valid.
std::size_t utf8_prefix(std::string_view text) noexcept;

/// Counts code points, because the API does not document whether its limits count bytes or characters. Needs valid
/// UTF-8.
std::size_t code_points(std::string_view text) noexcept;

/// The reason why `value` cannot be sent in this field; nullopt when it can. `value` must be valid UTF-8.
///
/// Errors, in this order: input.<field>.control (U+0000–1F, U+007F–9F; see FieldRule::line_breaks),
/// input.<field>.too_long, input.<field>.invalid. An empty value is never refused, because the mapper decides about
/// blanks (--blank). The text names the limit and the count, but never the value.
std::optional<Reason> check_value(const FieldRule& field, std::string_view value);

/// 64 well-mixed bits of the id in ASCII lower case, for routing to a worker (high or low bits) and for the key gate.
/// They are the same in every process on every machine.
std::uint64_t customer_key(std::string_view id) noexcept;

/// Whether two ids are equal; ASCII case does not count (src/wonder/README.md §4).
bool same_id(std::string_view a, std::string_view b) noexcept;

}  // namespace amend::wonder
