// The field lines of a response's head: which ones the client reads, and what they mean for the body's framing.
#include <algorithm>
#include <array>

#include "transport/field_characters.hpp"
#include "transport/http1_codec.hpp"

namespace amend::http1 {
namespace {

constexpr std::size_t length_digits_max = 19;  // always fits in 64 bits

constexpr auto token_table = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789")) table[static_cast<unsigned char>(c)] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
  return table;
}();

bool is_token_char(char c) noexcept { return token_table[static_cast<unsigned char>(c)]; }

bool equals(std::string_view text, std::string_view lower_case) noexcept {
  return std::ranges::equal(text, lower_case, {}, ascii_lower);
}

/// The next element of a comma-separated list, trimmed. `list` becomes the text after it.
std::string_view next_element(std::string_view& list) noexcept {
  const auto comma = list.find(',');
  const auto element = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return trim(element);
}

/// The first characters exclude nearly every field: "R…" or "X-R…".
bool may_be_rate_field(std::string_view name) noexcept {
  if (name.size() < 9) return false;
  const char first = ascii_lower(name[0]);
  return first == 'r' || (first == 'x' && ascii_lower(name[2]) == 'r');
}

/// Whether the field is about a rate limit, in one of the forms that `read_rate_hints` knows.
bool is_rate_field(std::string_view name) noexcept {
  switch (name.size()) {
    case 9: return equals(name, "ratelimit");
    case 15: return equals(name, "ratelimit-limit") || equals(name, "ratelimit-reset");
    case 16: return equals(name, "ratelimit-policy");
    case 17: return equals(name, "x-ratelimit-limit") || equals(name, "x-ratelimit-reset");
    case 18: return equals(name, "x-rate-limit-limit") || equals(name, "x-rate-limit-reset");
    case 19: return equals(name, "ratelimit-remaining");
    case 21: return equals(name, "x-ratelimit-remaining");
    case 22: return equals(name, "x-rate-limit-remaining");
    default: return false;
  }
}

}  // namespace

ResponseParser::Progress ResponseParser::field_line() noexcept {
  std::string_view line;
  if (!take_field_line(line, head_bytes_left(), "the head of the response is too long")) return Progress::stop;
  if (line.empty()) {
    head_.lines.size = position_ - begin_ - head_.lines.begin - 2;
    know_line(LineKind::end_of_head);
    return end_of_head();
  }
  std::string_view name;
  std::string_view value;
  if (!field_syntax(line, name, value)) return Progress::stop;
  field(name, value);
  if (may_be_rate_field(name) && is_rate_field(name)) head_.has_rate_fields = true;
  if (state_ == State::broken) return Progress::stop;
  know_line(LineKind::within_head);
  return Progress::next_line;
}

bool ResponseParser::field_syntax(std::string_view line, std::string_view& name, std::string_view& value) noexcept {
  std::size_t size = 0;
  while (size < line.size() && is_token_char(line[size])) ++size;
  if (size > 0 && size < line.size() && line[size] == ':') {
    name = line.substr(0, size);
    value = trim(line.substr(size + 1));
    return true;
  }
  if (is_blank(line[0])) {
    fail("the response has white space before its first field line");
  } else if (size < line.size() && is_blank(line[size])) {
    fail("the response has a space in or after a field name");
  } else {
    fail("a malformed field line");
  }
  return false;
}

// The length distinguishes most names before any byte is compared.
void ResponseParser::field(std::string_view name, std::string_view value) noexcept {
  switch (name.size()) {
    case 4:
      if (equals(name, "date")) keep_first(head_.date, value);
      break;
    case 8:
      if (equals(name, "location")) keep_first(head_.location, value);
      break;
    case 10:
      if (equals(name, "connection")) connection(value);
      break;
    case 11:
      if (equals(name, "retry-after")) keep_first(head_.retry_after, value);
      break;
    case 12:
      if (equals(name, "content-type")) keep_first(head_.content_type, value);
      break;
    case 14:
      if (equals(name, "content-length")) content_length(value);
      break;
    case 16:
      if (equals(name, "content-encoding")) keep_first(head_.content_encoding, value);
      break;
    case 17:
      if (equals(name, "transfer-encoding")) transfer_encoding(value);
      break;
    default: break;
  }
}

void ResponseParser::keep_first(Piece& piece, std::string_view value) const noexcept {
  if (piece.size != 0) return;
  piece.begin = static_cast<std::size_t>(value.data() - (buffer_.data() + begin_));
  piece.size = value.size();
}

void ResponseParser::content_length(std::string_view value) noexcept {
  if (value.ends_with(',')) value = {};  // an empty last element is not a number
  do {
    const std::string_view digits = next_element(value);
    if (digits.empty() || digits.size() > length_digits_max || !std::ranges::all_of(digits, is_ascii_digit)) {
      fail("the response has a Content-Length that is not a number");
      return;
    }
    std::uint64_t length = 0;
    for (const char c : digits) length = length * 10 + static_cast<std::uint64_t>(c - '0');
    if (head_.has_length && head_.length != length) {
      fail("the response has two different Content-Length values");
      return;
    }
    head_.has_length = true;
    head_.length = length;
  } while (!value.empty());
}

void ResponseParser::transfer_encoding(std::string_view value) noexcept {
  if (value.ends_with(',')) value = {};  // an empty last element is not a coding
  do {
    const std::string_view coding = next_element(value);
    const bool none = equals(coding, "identity");
    if (head_.chunked || !(none || equals(coding, "chunked"))) {
      fail("the response has a Transfer-Encoding other than chunked");
      return;
    }
    head_.chunked = !none;
  } while (!value.empty());
}

void ResponseParser::connection(std::string_view value) noexcept {
  while (!value.empty()) {
    const std::string_view token = next_element(value);
    head_.close = head_.close || equals(token, "close");
    head_.keep_alive = head_.keep_alive || equals(token, "keep-alive");
  }
}

}  // namespace amend::http1
