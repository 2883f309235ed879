// Reads the few members of a response's body that decide its meaning, in one pass and without a document.
#pragma once

#include <array>
#include <boost/json/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::wonder {

/// The members that are read. The rest of the body is skipped, because it has personal and card data.
enum class Member : std::uint8_t {
  code,
  message,
  error_code,
  error_message,
  data,
  customer,          ///< data.customer
  uuid,              ///< data.customer.uuid
  reference_number,  ///< data.customer.reference_number
  token,             ///< data.customer.default_payment_token
  token_error_code,
  token_error_message,  ///< spelled error_msg in that object
  none,                 ///< a member that is not needed
  root,                 ///< the response itself
};
inline constexpr std::size_t member_count = static_cast<std::size_t>(Member::none);

enum class Kind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// The API's spelling: "error_code".
std::string_view to_string(Member member) noexcept;

/// One member's value. `text` is set for strings, and for numbers with their characters in the response.
class Value {
 public:
  Kind kind = Kind::absent;
  std::string text;

  bool is_empty() const noexcept {
    return kind == Kind::absent || kind == Kind::null || (kind == Kind::string && text.empty());
  }
  void clear() noexcept {
    kind = Kind::absent;
    text.clear();
  }
};

/// Receives the events of Boost.JSON's parser (its "handler" requirements).
class MemberHandler {
 public:
  using error_code = boost::json::error_code;
  using piece = boost::json::string_view;

  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  void clear() noexcept;
  Kind root() const noexcept { return root_; }
  const Value& operator[](Member member) const noexcept { return values_[static_cast<std::size_t>(member)]; }
  Member twice() const noexcept { return twice_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return enter(Kind::object); }
  bool on_object_end(std::size_t, error_code&) { return leave(); }
  bool on_array_begin(error_code&) { return enter(Kind::array); }
  bool on_array_end(std::size_t, error_code&) { return leave(); }
  bool on_key_part(piece part, std::size_t, error_code&);
  bool on_key(piece part, std::size_t, error_code&);
  bool on_string_part(piece part, std::size_t, error_code&) { return add_text(Kind::string, part); }
  bool on_string(piece part, std::size_t, error_code&) { return end_text(Kind::string, part); }
  bool on_number_part(piece part, error_code&) { return add_text(Kind::number, part); }
  bool on_int64(std::int64_t, piece part, error_code&) { return end_text(Kind::number, part); }
  bool on_uint64(std::uint64_t, piece part, error_code&) { return end_text(Kind::number, part); }
  bool on_double(double, piece part, error_code&) { return end_text(Kind::number, part); }
  bool on_bool(bool, error_code&) { return plain(Kind::boolean); }
  bool on_null(error_code&) { return plain(Kind::null); }
  bool on_comment_part(piece, error_code&) { return true; }
  bool on_comment(piece, error_code&) { return true; }

 private:
  static constexpr std::size_t depth_max = 40;  // more than the parser allows

  Value* begin_value(Kind kind);
  bool enter(Kind kind);
  bool leave();
  bool plain(Kind kind);
  bool add_text(Kind kind, piece part);
  bool end_text(Kind kind, piece part);

  std::array<Value, member_count> values_;
  std::array<Member, depth_max> inside_{};  // the member whose object is open; none: an array or an object elsewhere
  std::size_t depth_ = 0;
  Member next_ = Member::none;  // the member that the next value belongs to
  Member twice_ = Member::none;
  Kind root_ = Kind::absent;
  bool in_text_ = false;
  std::string key_;
};

/// Reads one body after the other.
class ResponseReader {
 public:
  ResponseReader();

  /// Returns false when `body` is not one JSON text; `operator[]` is meaningless then.
  bool read(std::string_view body);

  bool is_json() const noexcept { return is_json_; }
  /// The number of bytes of the last body that could be read as JSON.
  std::size_t read_to() const noexcept { return read_to_; }
  Kind root() const noexcept { return parser_.handler().root(); }
  const Value& operator[](Member member) const noexcept { return parser_.handler()[member]; }

  /// The first member that occurs twice although it decides the meaning; none: there is no such member. Its last value
  /// counts.
  Member twice() const noexcept { return parser_.handler().twice(); }

 private:
  boost::json::basic_parser<MemberHandler> parser_;
  std::size_t read_to_ = 0;
  bool is_json_ = false;
};

/// The rule of wonder/envelope.hpp, for the body that was read.
bool is_api_envelope(const ResponseReader& answer) noexcept;

}  // namespace amend::wonder
