#include "amend/wonder/routes.hpp"

#include <algorithm>
#include <array>

namespace amend::wonder {
namespace {

// RFC 3986 §2.3.
constexpr auto unreserved = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c)
    table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
               c == '_' || c == '~';
  return table;
}();

bool is_unreserved(char c) noexcept { return unreserved[static_cast<unsigned char>(c)]; }

// Made of unreserved characters, and yet they name another resource (RFC 3986 §5.2.4).
bool is_dots(std::string_view id) noexcept { return id == "." || id == ".."; }

void append_encoded(std::string& out, std::string_view id) {
  constexpr char digits[] = "0123456789ABCDEF";
  const bool dots = is_dots(id);
  for (const char c : id) {
    if (is_unreserved(c) && !dots) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
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
