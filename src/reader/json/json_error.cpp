#include "reader/json/json_error.hpp"

#include "row/shell_path.hpp"

namespace amend {

bool makes_csv(std::string_view filter) noexcept { return filter.ends_with("@csv"); }

std::string command_for_lines(const std::string& file, const std::string& filter) {
  const std::string program = filter.empty()      ? "sed 's/,[[:space:]]*$//'"
                              : makes_csv(filter) ? "jq -r " + shell_quoted(filter)
                                                  : "jq -c " + shell_quoted(filter);
  return file == "-" ? "… | " + program : program + " " + shell_path(file);
}

std::string jq_member(const std::string& name) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const bool is_plain =
      !name.empty() && name.find_first_not_of(plain) == std::string::npos && (name.front() < '0' || name.front() > '9');
  if (is_plain) return "." + name;
  std::string out = ".\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace amend
