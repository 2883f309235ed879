#include "reporter/run_json_paths.hpp"

#include <charconv>

#include "reporter/json_reading.hpp"

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
  for (const char* at = digits.data(); at != digits.data() + digits.size(); at += 2) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(at, at + 2, byte, 16);
    if (error != std::errc() || end != at + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace amend
