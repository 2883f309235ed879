// Structured fields (RFC 9651, which takes in RFC 8941): the members of a List, one after the other.
//
// Place: layer 1, pure, no allocation; what it gives are views into the line it was given. Used by server_pace.
//
// Strict as the RFC asks: whatever does not fit its grammar, its 15 digits of an Integer and its 12 + 3 of a Decimal
// included, is malformed, and the whole field is then to be ignored. A field of several lines is one List (§4.2): each
// line is read by a reader of its own. That differs from joining them in one case, a String that is cut by the end of a
// line: malformed here, as the RFC calls what it becomes unpredictable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amend {

/// A value: a bare item (§3.3), or an inner list, which is checked and passed over.
class StructuredValue {
 public:
  enum class Type : std::uint8_t {
    integer,
    decimal,
    string,
    token,
    byte_sequence,
    boolean,
    date,
    display_string,
    inner_list,
  };

  StructuredValue() = default;

  Type type = Type::boolean;
  std::int64_t number =
      0;                  ///< of an integer or a date (seconds since the epoch): at most 15 digits; of a boolean: 0, 1
  std::string_view text;  ///< of a string: what stands between the quotes, escapes as they came; of a token: itself
};

/// One member of a List.
class StructuredMember {
 public:
  StructuredMember() = default;

  /// The parameter `key`, the last of that name (§4.2.3.2); nullopt: absent. `true` when it has no value.
  std::optional<StructuredValue> parameter(std::string_view key) const noexcept;

  StructuredValue value;
  std::string_view parameters;  ///< as they came, checked: ";q=100;w=60"
};

/// Reads a List (§4.2.1) from one field line's value.
///
///     StructuredListReader reader(line);
///     while (reader.next(member) == Step::member) …;
class StructuredListReader {
 public:
  enum class Step : std::uint8_t {
    member,     ///< `out` is one
    end,        ///< there are no more, and all was well
    malformed,  ///< the field is to be ignored, the members before too; stays so
  };

  explicit StructuredListReader(std::string_view line) noexcept;

  Step next(StructuredMember& out) noexcept;

 private:
  enum class State : std::uint8_t { first, further, malformed };

  Step fail() noexcept;

  std::string_view left_;
  State state_ = State::first;
};

}  // namespace amend
