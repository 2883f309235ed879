#include "reader/json_shape.hpp"

#include <string_view>

#include "amend/wonder/customer_schema.hpp"
#include "reader/column_name.hpp"

namespace amend {
namespace {

constexpr std::size_t looked_at_max = 255 * 1024;

// One character after the other; '\0' where the input, or what is looked at of it, ends.
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
  /// Blanks on this line only.
  char skip_spaces() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r') ++at_;
    return peek();
  }
  /// Behind the quote that opens it; escapes are left as they are.
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

// A row of its own names a customer.
bool names_customer(std::string_view member) noexcept {
  return same_column(member, "id") || same_column(member, "uuid") || same_column(member, "reference_number");
}

// The first object, its own members only.
class FirstObject {
 public:
  explicit FirstObject(Cursor& cursor) : cursor_(cursor) { read(); }

  bool is_whole() const noexcept { return depth_ == 0; }
  bool is_row() const noexcept { return is_row_; }
  const std::string& list() const noexcept { return list_; }  // a member that is an array of objects

 private:
  void read() {
    cursor_.take();
    depth_ = 1;
    std::string text;
    std::string member;
    bool is_value = false;
    while (depth_ > 0) {
      const char c = cursor_.take();
      if (c == '\0') return;
      if (c == '"') {
        text = cursor_.string();
        if (depth_ == 1 && is_value && wonder::is_uuid(text)) is_row_ = true;
        continue;
      }
      if (depth_ == 1 && c == ':') {
        member = text;
        is_row_ = is_row_ || names_customer(member);
        is_value = true;
      }
      if (depth_ == 1 && c == ',') is_value = false;
      if (c == '[' && depth_ == 1 && list_.empty() && cursor_.skip_blank() == '{') list_ = member;
      if (c == '{' || c == '[') ++depth_;
      if (c == '}' || c == ']') --depth_;
    }
  }

  Cursor& cursor_;
  std::size_t depth_ = 0;
  bool is_row_ = false;
  std::string list_;
};

}  // namespace

bool begins_as_array(ByteFeed& feed) {
  Cursor cursor(feed);
  if (cursor.skip_blank() != '[') return false;
  cursor.take();
  const char next = cursor.skip_blank();
  return next == '{' || next == ']';
}

JsonLook look_at_json(ByteFeed& feed) {
  JsonLook look;
  Cursor cursor(feed);
  const char first = cursor.skip_blank();
  if (first == '[') look.shape = JsonShape::array;
  if (first != '{') return look;
  const FirstObject object(cursor);
  if (object.is_whole() && cursor.skip_spaces() == ',') {
    look.shape = JsonShape::with_commas;
  } else if (!object.list().empty() && !object.is_row() && (!object.is_whole() || cursor.skip_blank() != '{')) {
    look.shape = JsonShape::member;
    look.member = object.list();
  }
  return look;
}

}  // namespace amend
