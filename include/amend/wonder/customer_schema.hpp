// What the customers API takes: its fields, their limits, its ids. Layer 1: pure, no I/O; any thread.
//
// Source: src/wonder/README.md §1. One table drives the mapper, the simulator and the comparison, so that they cannot
// disagree.
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
  std::uint32_t code_points_max;  ///< for Rule::text; 0 for the others
  Rule rule;
  bool clearable;         ///< sending "" clears it [doc]; for the others "" changes nothing or is not documented
  bool line_breaks;       ///< LF, CR and TAB are characters like others
  std::string_view note;  ///< for people: what the table above does not say
};

inline constexpr std::size_t customer_field_count = 7;

/// The seven fields of PUT, in the order of src/wonder/README.md §1.
std::span<const FieldRule> customer_fields() noexcept;

/// nullptr when the API has no such field; names are case-sensitive.
const FieldRule* find_field(std::string_view name) noexcept;

using amend::is_uuid;

/// The API names no limit for the merchant's own number: that of its other texts.
inline constexpr std::uint32_t reference_code_points_max = 255;

/// 1 to `reference_code_points_max` characters, none of them a control character. Needs valid UTF-8.
bool is_reference_number(std::string_view text) noexcept;

/// Valid UTF-8 as of RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
/// ASCII goes by eight bytes at a step.
bool is_utf8(std::string_view text) noexcept;

/// How many bytes at the start are valid UTF-8: the offset of the first that is not, or the size.
std::size_t utf8_prefix(std::string_view text) noexcept;

/// The API does not say whether its limits count bytes or characters: we count code points. Needs valid UTF-8.
std::size_t code_points(std::string_view text) noexcept;

/// Why `value` cannot be sent in this field, nullopt when it can. `value` must be valid UTF-8.
/// Codes: input.<field>.control (U+0000–1F, U+007F–9F; see FieldRule::line_breaks), input.<field>.too_long,
/// input.<field>.invalid; in this order. An empty value is never refused here: what a blank means is the mapper's
/// choice (--blank). The text tells the limit and what was counted, never the value.
std::optional<Reason> check_value(const FieldRule& field, std::string_view value);

/// 64 well-mixed bits of the id in ASCII lower case: for routing to a worker (high or low bits) and for the key gate.
/// The same in every process on every machine.
std::uint64_t customer_key(std::string_view id) noexcept;

/// Ids compare without ASCII case (src/wonder/README.md §4).
bool same_id(std::string_view a, std::string_view b) noexcept;

}  // namespace amend::wonder
