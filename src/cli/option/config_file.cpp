#include "cli/option/config_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend::cli {
namespace {

/// One item with its place in the file, because toml++ sorts tables by name.
class PlacedItem {
 public:
  PlacedItem(toml::source_position place_, ConfigItem item_) : place(place_), item(std::move(item_)) {}

  toml::source_position place;
  ConfigItem item;
};

[[noreturn]] void refuse(const toml::source_position& place, std::string_view why) {
  throw ConfigError(fmt::format("line {}: {}", place.line, why));
}

std::string text_of(const toml::node& value) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* number = value.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
  refuse(value.source().begin, "an option takes text, numbers, true or false; put quotes around anything else");
}

std::vector<std::string> values_of(const toml::node& value) {
  const toml::array* const array = value.as_array();
  if (!array) return {text_of(value)};
  std::vector<std::string> values;
  for (const toml::node& element : *array) values.push_back(text_of(element));
  return values;
}

void collect(const toml::table& table, const std::string& section, std::vector<PlacedItem>& items) {
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    if (const toml::table* const inner = value.as_table()) {
      const bool is_top = section.empty() && name == "default";
      collect(*inner, is_top ? "" : section.empty() ? name : section + "." + name, items);
    } else {
      items.emplace_back(key.source().begin, ConfigItem(section, name, values_of(value)));
    }
  }
}

toml::table parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    std::string_view why = error.description();  // "Error while parsing …"
    if (why.starts_with("Error ")) why.remove_prefix(6);
    refuse(error.source().begin,
           fmt::format("not valid TOML, {}. Put text in quotes: rate = \"50/s\"", printable(why)));
  }
}

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

std::vector<ConfigItem> parse_config(std::string_view text) {
  std::vector<PlacedItem> placed;
  collect(parse(text), "", placed);
  std::ranges::sort(placed, {}, [](const PlacedItem& item) { return std::pair(item.place.line, item.place.column); });
  std::vector<ConfigItem> items;
  for (PlacedItem& item : placed) items.push_back(std::move(item.item));
  return items;
}

std::string config_line(std::string_view name, const std::vector<std::string>& values) {
  std::string out(name);
  for (const std::string& value : values)
    if (!wonder::is_utf8(value))
      throw ConfigError(fmt::format("--{}: \"{}\" is not UTF-8: a config file cannot hold it", name, printable(value)));
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
