#include "reader/json/json_shape.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/wonder/customer_schema.hpp"
#include "reader/json/json_error.hpp"
#include "reader/mapping/column_name.hpp"

namespace amend {
namespace {

constexpr std::size_t looked_at_max = 255 * 1024;

// Reads one character after the other. Returns '\0' at the end of the input, or of its examined part.
class Cursor {
 public:
  explicit Cursor(ByteFeed& feed) noexcept : feed_(feed) {}

  char peek() {
    if (at_ >= looked_at_max) return '\0';
    if (at_ >= feed_.rest().size()) feed_.require(at_ + 1);
    return at_ < feed_.rest().size() ? feed_.rest()[at_] : '\0';
  }
  char take() {
    const char c = peek();
    if (c != '\0') ++at_;
    return c;
  }
  char skip_blank() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') ++at_;
    return peek();
  }
  /// Skips blanks on this line only.
  char skip_spaces() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r') ++at_;
    return peek();
  }
  /// Reads a string after its opening quote. Escapes stay as they are.
  std::string string() {
    std::string out;
    for (char c = take(); c != '"' && c != '\0'; c = take()) {
      out += c;
      if (c == '\\') out += take();
    }
    return out;
  }

 private:
  ByteFeed& feed_;
  std::size_t at_ = 0;
};

bool names_customer(std::string_view member) noexcept {
  return same_column(member, "id") || same_column(member, "uuid") || same_column(member, "reference_number");
}

bool is_field(std::string_view member) noexcept {
  return std::ranges::any_of(wonder::customer_fields(),
                             [&](const wonder::FieldRule& field) { return same_column(member, field.name); });
}

// Decodes the escapes of the file.
std::string decoded(const std::string& text) {
  if (text.find('\\') == std::string::npos) return text;
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse("\"" + text + "\"", error);
  const auto* string = error ? nullptr : value.if_string();
  return string != nullptr ? std::string(string->data(), string->size()) : text;
}

/// The members of an object, and what they reveal about it.
class Members {
 public:
  bool has_uuid = false;
  bool has_name = false;  // whether a member names a customer: id, uuid, reference_number
  bool has_field = false;

  bool is_customer() const noexcept { return (has_uuid || has_name) && has_field; }
};

/// An array of objects inside the first object.
class List {
 public:
  std::vector<std::string> path;  // the members that lead to it
  Members first;                  // the members of its first object
};

// The first object of the input, with everything inside it.
class FirstObject {
 public:
  explicit FirstObject(Cursor& cursor) : cursor_(cursor) { read(); }

  bool is_whole() const noexcept { return levels_.empty(); }
  bool has_lists() const noexcept { return !lists_.empty(); }

  /// The array that contains the customers. null: the object is a row itself, or has no such array. `more`: another
  /// object follows.
  const List* list(bool more) const noexcept {
    const auto found = std::ranges::find_if(lists_, [](const List& list) { return list.first.is_customer(); });
    const bool has_customers = found != lists_.end();
    const bool is_row = own_.has_uuid || (own_.has_name && (!has_customers || own_.has_field));
    if (is_row || lists_.empty()) return nullptr;
    if (has_customers && !(more && own_.has_field)) return &*found;
    return more || lists_.front().path.size() > 1 ? nullptr : &lists_.front();
  }

 private:
  struct Level {
    bool is_array = false;
    bool is_value = false;  // whether the cursor is after the colon of `member`
    std::string member;
    Members* members = nullptr;
  };
  static constexpr std::size_t lists_max = 16;

  void read() {
    cursor_.take();
    lists_.reserve(lists_max);
    levels_.emplace_back().members = &own_;
    std::string text;
    while (!levels_.empty()) {
      Level& level = levels_.back();
      switch (cursor_.take()) {
        case '\0': return;
        case '"':
          text = cursor_.string();
          if (level.is_value && level.members != nullptr && wonder::is_uuid(text)) level.members->has_uuid = true;
          break;
        case ':': take_member(level, decoded(text)); break;
        case ',': level.is_value = false; break;
        case '[': levels_.emplace_back().is_array = true; break;
        case '{': levels_.emplace_back().members = list_begun(); break;
        case '}':
        case ']': levels_.pop_back(); break;
        default: break;
      }
    }
  }

  static void take_member(Level& level, std::string member) {
    level.is_value = true;
    level.member = std::move(member);
    if (level.members == nullptr) return;
    level.members->has_name = level.members->has_name || names_customer(level.member);
    level.members->has_field = level.members->has_field || is_field(level.member);
  }

  // Called where an object begins inside an array. Returns its members when it is the first object of an outermost
  // array; otherwise null.
  Members* list_begun() {
    if (!levels_.back().is_array || levels_.back().is_value || lists_.size() == lists_max) return nullptr;
    levels_.back().is_value = true;  // further objects of the array are not examined
    const std::span<const Level> above(levels_.data(), levels_.size() - 1);
    if (std::ranges::any_of(above, &Level::is_array)) return nullptr;
    List& list = lists_.emplace_back();
    for (const Level& level : above) list.path.push_back(level.member);
    return &list.first;
  }

  Cursor& cursor_;
  Members own_;
  std::vector<List> lists_;
  std::vector<Level> levels_;
};

std::string joined(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& member : path) out += (out.empty() ? "" : ".") + member;
  return out;
}

std::string filter_for(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& member : path) out += jq_member(member);
  return out + "[]";
}

// The arrays that begin here, one inside the other, and the first character of the innermost.
struct Brackets {
  std::size_t count = 0;
  char next = '\0';
};

Brackets skip_brackets(Cursor& cursor) {
  Brackets out;
  for (out.next = cursor.skip_blank(); out.next == '['; out.next = cursor.skip_blank()) {
    cursor.take();
    ++out.count;
  }
  return out;
}

}  // namespace

bool begins_as_array(ByteFeed& feed) {
  Cursor cursor(feed);
  const Brackets brackets = skip_brackets(cursor);
  return brackets.count > 0 && (brackets.next == '{' || brackets.next == ']' || brackets.next == '"');
}

JsonLook look_at_json(ByteFeed& feed) {
  JsonLook look;
  Cursor cursor(feed);
  const Brackets brackets = skip_brackets(cursor);
  if (brackets.count > 0) {
    look.shape = JsonShape::array;
    // Rows that are arrays have no member names: they are CSV, and the first is the header.
    const bool is_table = brackets.next != '{' && brackets.next != ']';
    look.filter = is_table ? (brackets.count > 1 ? ".[] | @csv" : "@csv") : ".[]";
    for (std::size_t i = 1; i < brackets.count && !is_table; ++i) look.filter += "[]";
    return look;
  }
  if (brackets.next != '{') return look;
  const FirstObject object(cursor);
  if (object.is_whole() && cursor.skip_spaces() == ',') {
    look.shape = JsonShape::with_commas;
    return look;
  }
  // Wait for the text after the object only when it matters.
  const bool more = object.has_lists() && object.is_whole() && cursor.skip_blank() == '{';
  if (const List* list = object.list(more)) {
    look.shape = JsonShape::member;
    look.member = joined(list->path);
    look.filter = filter_for(list->path);
  }
  return look;
}

}  // namespace amend
