#include "row/json_text.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdint>
#include <utility>

#include "amend/error.hpp"
#include "row/byte_group.hpp"
#include "row/hexadecimal.hpp"

namespace amend {
namespace {

bool is_plain_json(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

// A count of plain bytes at the begin of the text: whole groups of eight.
std::size_t plain_groups(std::string_view text) {
  std::size_t n = 0;
  for (; text.size() - n >= 8; n += 8) {
    const std::uint64_t group = load_group(text.data() + n);
    // 0x7F becomes 0x80 here. A byte of 0xFF carries over, but its own high bit shows it.
    const std::uint64_t not_below_0x7f = (group | (group + in_each(1))) & high_bits;
    if ((any_below(group, 0x20) | not_below_0x7f | any_equal(group, '"') | any_equal(group, '\\')) != 0) break;
  }
  return n;
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_plain_csv(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte < 0x7F) || c == '\n' || c == '\r' || c == '\t';
}

// Cuts the longest run of bytes that `belongs` accepts off the front of `text`.
template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate belongs) {
  std::size_t n = 0;
  while (n < text.size() && belongs(text[n])) ++n;
  const std::string_view run = text.substr(0, n);
  text.remove_prefix(n);
  return run;
}

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (is_ascii(c) && !is_plain_json(c)) {
    out += "\\u00";
    append_hex(out, byte);
  } else {
    out += c;
  }
}

// A whole run of bytes ≥ 0x80 contains whole sequences only, so it can be escaped by itself.
std::string printable_run(std::string_view run) { return printable(run, 4 * run.size()); }

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const std::size_t plain = plain_groups(text);
  out += text.substr(0, plain);
  text.remove_prefix(plain);
  out += take_while(text, is_plain_json);
  while (!text.empty()) {
    if (is_ascii(text.front())) {
      append_escaped(out, text.front());
      text.remove_prefix(1);
    } else {
      const std::string run = printable_run(take_while(text, [](char c) { return !is_ascii(c); }));
      for (const char c : run) append_escaped(out, c);
    }
    out += take_while(text, is_plain_json);
  }
  out += '"';
}

void append_readable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    out += take_while(text, is_plain_csv);
    out += printable_run(take_while(text, [](char c) { return !is_plain_csv(c); }));
  }
}

std::string utf8(std::string_view text) { return printable(text, 4 * text.size()); }

void append_json(std::string& out, const boost::json::value& value) {
  if (const auto* number = value.if_double()) {
    out += fmt::format("{}", *number);
  } else if (const auto* array = value.if_array()) {
    char separator = '[';
    for (const auto& item : *array) {
      out += std::exchange(separator, ',');
      append_json(out, item);
    }
    out += array->empty() ? "[]" : "]";
  } else if (const auto* object = value.if_object()) {
    char separator = '{';
    for (const auto& member : *object) {
      out += std::exchange(separator, ',');
      out.append(boost::json::serialize(member.key())).append(":");
      append_json(out, member.value());
    }
    out += object->empty() ? "{}" : "}";
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace amend
