#include "run/run_json_paths.hpp"

#include "row/hexadecimal.hpp"
#include "run/json_reading.hpp"

namespace amend {

boost::json::object* object_at(boost::json::object& run, std::string_view place) {
  if (place.empty()) return &run;
  const std::size_t dot = place.find('.');
  boost::json::value* inner = run.if_contains(place.substr(0, dot));
  if (inner == nullptr || !inner->is_object()) return nullptr;
  return object_at(inner->get_object(), dot == std::string_view::npos ? "" : place.substr(dot + 1));
}

std::optional<std::string> path_bytes_in(const boost::json::object& object, std::string_view name) {
  const std::string digits = text_in(object, std::string(name) + std::string(path_bytes_suffix));
  if (digits.empty() || digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    if (!is_hex_digit(digits[i]) || !is_hex_digit(digits[i + 1])) return std::nullopt;
    bytes += static_cast<char>(hex_value(digits[i]) << 4 | hex_value(digits[i + 1]));
  }
  return bytes;
}

}  // namespace amend
