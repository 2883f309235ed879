#include "cli/config_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "amend/error.hpp"

namespace amend::cli {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text_.starts_with(mark)) text_.remove_prefix(mark.size());
  }

  std::vector<ConfigItem> items() {
    while (skip_to_statement()) {
      if (peek() == '[') {
        read_section();
      } else {
        read_item();
      }
    }
    return std::move(items_);
  }

 private:
  [[noreturn]] void refuse(std::string_view why) const {
    throw ConfigError(fmt::format("line {}: {}", 1 + std::count(text_.begin(), text_.begin() + at(), '\n'), why));
  }

  std::ptrdiff_t at() const { return static_cast<std::ptrdiff_t>(std::min(at_, text_.size())); }
  bool ended() const { return at_ >= text_.size(); }
  char peek() const { return ended() ? '\n' : text_[at_]; }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }
  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  bool skip_to_statement() {
    for (;;) {
      at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
      if (ended()) return false;
      if (peek() != '#' && peek() != ';') return true;
      skip_line();
    }
  }

  void end_statement() {
    skip_blanks();
    if (peek() == '#') skip_line();
    if (peek() != '\n') refuse("there is text after the value or the section name");
  }

  void read_section() {
    const std::size_t begin = ++at_;
    skip_line();
    const auto line = text_.substr(begin, at_ - begin);
    const auto end = line.find(']');
    if (end == std::string_view::npos) refuse("the ']' at the end of a section name is missing");
    section_ = trimmed(line.substr(0, end));
    if (section_ == "default") section_.clear();
    at_ = begin + end + 1;
    end_statement();
  }

  void read_item() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of("=#\n", at_), text_.size());
    std::string name(trimmed(text_.substr(begin, at_ - begin)));
    const bool quoted = name.size() > 1 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front();
    if (quoted) name = name.substr(1, name.size() - 2);
    if (name.empty()) refuse("an option's name is missing");
    std::vector<std::string> values{"true"};
    if (peek() == '=') {
      ++at_;
      skip_blanks();
      values = peek() == '[' ? read_array() : std::vector{read_value()};
    }
    end_statement();
    add(std::move(name), std::move(values));
  }

  void add(std::string name, std::vector<std::string> values) {
    std::string section = section_;
    if (const auto dot = name.rfind('.'); dot != std::string::npos) {
      section += (section.empty() ? "" : ".") + name.substr(0, dot);
      name.erase(0, dot + 1);
    }
    const auto same = std::ranges::find_if(items_, [&](auto& i) { return i.section == section && i.name == name; });
    if (same == items_.end()) {
      items_.emplace_back(std::move(section), std::move(name), std::move(values));
    } else {
      same->values.insert(same->values.end(), values.begin(), values.end());
    }
  }

  std::vector<std::string> read_array() {
    ++at_;
    std::vector<std::string> values;
    while (skip_to_statement() && peek() != ']') {
      values.push_back(read_value_in_array());
      if (!skip_to_statement()) break;
      if (peek() == ',') {
        ++at_;
      } else if (peek() != ']') {
        refuse("put a comma between the values of an array");
      }
    }
    if (ended()) refuse("the ']' at the end of an array is missing");
    ++at_;
    return values;
  }

  std::string read_value() {
    if (peek() == '"') return read_basic_string();
    if (peek() == '\'') return read_literal_string();
    const std::size_t begin = at_;
    skip_line();
    std::string_view bare = text_.substr(begin, at_ - begin);
    bare = trimmed(bare.substr(0, std::min(bare.find(" #"), bare.find("\t#"))));
    if (bare.find_first_of(blanks) != std::string_view::npos) {
      at_ = begin;
      refuse("an option takes one value; put quotes around a value with spaces");
    }
    return std::string(bare);
  }

  std::string read_value_in_array() {
    if (peek() == '"') return read_basic_string();
    if (peek() == '\'') return read_literal_string();
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n,]#", at_), text_.size());
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string read_literal_string() {
    const std::size_t begin = ++at_;
    at_ = std::min(text_.find_first_of("'\n", at_), text_.size());
    if (peek() != '\'') refuse("a quote is not closed");
    return std::string(text_.substr(begin, at_++ - begin));
  }

  std::string read_basic_string() {
    std::string out;
    for (++at_; peek() != '"'; ++at_) {
      if (peek() == '\n') refuse("a quote is not closed");
      if (peek() == '\\') {
        ++at_;
        append_escaped(out);
      } else {
        out += peek();
      }
    }
    ++at_;
    return out;
  }

  // Leaves at_ on the escape's last character.
  void append_escaped(std::string& out) {
    constexpr std::string_view letters = "btnfr\"\\";
    constexpr std::string_view meanings = "\b\t\n\f\r\"\\";
    const char letter = peek();
    if (const auto known = letters.find(letter); known != std::string_view::npos) {
      out += meanings[known];
      return;
    }
    if (letter != 'u' && letter != 'U') refuse("unknown escape in \"…\": double the backslash, or use '…'");
    std::uint32_t point = 0;
    for (int digits = letter == 'u' ? 4 : 8; digits > 0; --digits) {
      ++at_;
      const int digit = hex_value(peek());
      if (digit < 0 || point > 0x0FFF'FFFF) refuse("\\u takes 4 hexadecimal digits, \\U takes 8");
      point = point << 4 | static_cast<std::uint32_t>(digit);
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
      refuse("the number after \\u or \\U is not a Unicode character");
    append_utf8(out, point);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string section_;
  std::vector<ConfigItem> items_;
};

void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::vector<ConfigItem> parse_config(std::string_view text) { return Parser(text).items(); }

std::string config_line(std::string_view name, const std::vector<std::string>& values) {
  std::string out(name);
  out += " = ";
  if (values.size() != 1) out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    append_quoted(out, values[i]);
  }
  if (values.size() != 1) out += ']';
  return out + "\n";
}

void write_new_file(std::string_view option, const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) {
    throw ConfigError(fmt::format("{}: {} exists already; name a new file", option, printable(path)));
  }
  std::string_view rest = text;
  bool well = file >= 0;
  while (well && !rest.empty()) {
    const ssize_t written = ::write(file, rest.data(), rest.size());
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    well = written > 0 || (written < 0 && errno == EINTR);
  }
  const int error = errno;
  if (file >= 0 && ::close(file) != 0) well = false;
  if (well) return;
  if (file >= 0) ::unlink(path.c_str());
  throw ConfigError(fmt::format("{}: {} cannot be written: {}", option, printable(path), std::strerror(error)));
}

}  // namespace amend::cli
