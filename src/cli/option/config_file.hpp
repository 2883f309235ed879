// Reads and writes the text of a --config file: TOML 1.0 whose values are texts, numbers, flags or arrays of them. Pure
// except for write_new_file. Only this file uses toml++. Layer 5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amend::cli {

/// One setting: `name = values` in `[section]`.
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

/// The items in the order of the file. Throws ConfigError, which names the line.
std::vector<ConfigItem> parse_config(std::string_view text);

/// `name = "value"` or `name = ["one", "two"]` and a line end; parse_config returns the same values.
///
/// Errors: throws ConfigError, which names the option, for a value that is not UTF-8. TOML has no other values.
std::string config_line(std::string_view name, const std::vector<std::string>& values);

/// Creates `path` with mode 0600 and content `text`. Throws ConfigError, which names `option`, when it exists already
/// or cannot be written. Then it leaves no partial file.
void write_new_file(std::string_view option, const std::string& path, std::string_view text);

}  // namespace amend::cli
