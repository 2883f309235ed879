#include "wonder/routes.hpp"

#include <algorithm>
#include <array>

#include "row/ascii.hpp"
#include "row/hexadecimal.hpp"

namespace amend::wonder {
namespace {

// RFC 3986 §2.3.
constexpr auto unreserved = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c) table[c] = is_ascii_alphanumeric(static_cast<char>(c));
  for (const char c : {'-', '.', '_', '~'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_unreserved(char c) noexcept { return unreserved[static_cast<unsigned char>(c)]; }

// Dots are unreserved characters, but they name another resource (RFC 3986 §5.2.4).
bool is_dots(std::string_view id) noexcept { return id == "." || id == ".."; }

void append_encoded(std::string& out, std::string_view id) {
  const bool dots = is_dots(id);
  for (const char c : id) {
    if (is_unreserved(c) && !dots) {
      out += c;
      continue;
    }
    append_hex(out += '%', static_cast<unsigned char>(c), capital_hex_digits);
  }
}

void append_segment(std::string& out, std::string_view id) {
  if (std::ranges::all_of(id, is_unreserved) && !is_dots(id)) {
    out.append(id);
    return;
  }
  append_encoded(out, id);
}

}  // namespace

std::string_view base_path_in(std::string_view path_prefix) noexcept {
  constexpr std::string_view two_segments = "/svc/payment";
  for (std::size_t at = 0; (at = path_prefix.find(two_segments, at)) != std::string_view::npos; ++at) {
    const std::string_view rest = path_prefix.substr(at);
    if (rest.size() == two_segments.size() || rest[two_segments.size()] == '/') return rest;
  }
  return {};
}

void append_customer_target(std::string& out, std::string_view path_prefix, std::string_view id) {
  out.append(path_prefix).append(customers_path).append(1, '/');
  append_segment(out, id);
}

void append_reference_target(std::string& out, std::string_view path_prefix, std::string_view reference_number) {
  out.append(path_prefix).append(customers_path).append("/ref/");
  append_segment(out, reference_number);
}

void append_list_target(std::string& out, std::string_view path_prefix, Page page) {
  out.append(path_prefix).append(customers_path);
  out.append("?limit=").append(std::to_string(page.limit)).append("&offset=").append(std::to_string(page.offset));
}

std::string fixed_headers(std::string_view version) {
  return "User-Agent: amend/" + std::string(version) +
         "\r\nAccept: application/json\r\nAccept-Encoding: identity\r\nContent-Type: application/json\r\n";
}

}  // namespace amend::wonder
