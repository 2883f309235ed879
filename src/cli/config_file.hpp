// The text of a --config file, both ways: TOML 1.0, whose values are texts, numbers, flags or arrays of them. Pure, but
// for write_new_file. The only place that knows toml++. Layer 5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amend::cli {

/// `name = values` below `[section]`.
class ConfigItem {
 public:
  ConfigItem() = default;
  ConfigItem(std::string section_, std::string name_, std::vector<std::string> values_)
      : section(std::move(section_)), name(std::move(name_)), values(std::move(values_)) {}
  friend bool operator==(const ConfigItem&, const ConfigItem&) = default;

  std::string section;  ///< "" on top and below [default]
  std::string name;     ///< the option, without its dashes
  std::vector<std::string> values;
};

/// In the order of the file. Throws ConfigError naming the line.
std::vector<ConfigItem> parse_config(std::string_view text);

/// `name = "value"` or `name = ["one", "two"]` and a line end; parse_config gives the same values back. Throws ConfigError
/// naming the option for a value that is not UTF-8: TOML has no others.
std::string config_line(std::string_view name, const std::vector<std::string>& values);

/// Creates `path`, mode 0600, with `text` in it. Throws ConfigError naming `option` when it exists already or cannot be
/// written; then it leaves no half file.
void write_new_file(std::string_view option, const std::string& path, std::string_view text);

}  // namespace amend::cli
