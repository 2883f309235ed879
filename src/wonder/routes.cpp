#include "amend/wonder/routes.hpp"

#include <algorithm>

namespace amend::wonder {
namespace {

constexpr bool is_unreserved(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view id) {
  constexpr char digits[] = "0123456789ABCDEF";
  // "." and ".." are made of unreserved characters and yet name another resource (RFC 3986 §5.2.4).
  const bool dots = id == "." || id == "..";
  for (const char c : id) {
    if (is_unreserved(c) && !dots) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
}

}  // namespace

void append_customer_target(std::string& out, std::string_view path_prefix, std::string_view id) {
  out.append(path_prefix).append(customers_path).append(1, '/');
  if (id.find('.') == std::string_view::npos && std::ranges::all_of(id, is_unreserved)) {
    out.append(id);
    return;
  }
  append_encoded(out, id);
}

std::string fixed_headers(std::string_view version) {
  return "User-Agent: amend/" + std::string(version) +
         "\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
}

}  // namespace amend::wonder
