// Structured fields (RFC 9651, which includes RFC 8941): reads the members of a List one after the other.
//
// It is strict, as the RFC requires. All that does not fit its grammar is malformed, including more than 15 digits of
// an Integer or 12 + 3 of a Decimal. The whole field is then ignored. A field of several lines is one List (§4.2), but
// here each line has its own reader. The result differs in one case: a String that is cut by the end of a line is
// malformed here, where the RFC calls the result unpredictable.
//
// *Threads.* Any. *Errors.* `Step::malformed`. *Bounds.* No allocation. *Lifetime.* Results are views into the line.
// *Source.* RFC 9651.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amend {

/// A value: a bare item (§3.3), or an inner list, which is checked and skipped.
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
  std::string_view text;  ///< of a string: its text without quotes, escapes unchanged; of a token: itself
};

/// One member of a List.
class StructuredMember {
 public:
  StructuredMember() = default;

  /// The last parameter of the name `key` (§4.2.3.2); nullopt if it is absent. Without a value it is `true`.
  std::optional<StructuredValue> parameter(std::string_view key) const noexcept;

  StructuredValue value;
  std::string_view parameters;  ///< unchanged, checked: ";q=100;w=60"
};

/// Reads a List (§4.2.1) from one field line's value.
///
///     StructuredListReader reader(line);
///     while (reader.next(member) == Step::member) …;
class StructuredListReader {
 public:
  enum class Step : std::uint8_t {
    member,     ///< `out` is one
    end,        ///< there are no more members, and the field is correct
    malformed,  ///< ignore the field, also its earlier members; every later call returns the same
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
