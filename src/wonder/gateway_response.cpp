#include "wonder/gateway_response.hpp"

#include <algorithm>
#include <array>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "response_rule.hpp"
#include "row/ascii.hpp"

namespace amend::wonder {
namespace {

constexpr std::size_t coding_bytes_max = 40;
constexpr std::size_t header_bytes_max = 100;
constexpr std::size_t start_bytes_max = 60;

// Names that any page has. Every other word of a body may be about a customer.
constexpr std::array<std::string_view, 14> structure_names{"doctype", "html",   "head", "title", "body", "meta", "h1",
                                                           "center",  "script", "form", "div",   "p",    "xml",  "hr"};

bool is_plain(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }

bool is_structure(std::string_view word) {
  const auto same = [&](std::string_view name) { return std::ranges::equal(name, word, {}, {}, ascii_lower); };
  return std::ranges::any_of(structure_names, same);
}

// A tag's name follows `<`, `</`, `<!` or `<?`.
bool begins_tag(std::string_view before) noexcept {
  if (before.ends_with('/') || before.ends_with('!') || before.ends_with('?')) before.remove_suffix(1);
  return before.ends_with('<');
}

std::string masked(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (is_ascii_letter(c)) {
      out += 'x';
    } else if (is_ascii_digit(c)) {
      out += '9';
    } else if (out.empty() || out.back() != '?') {
      out += '?';  // one mark for consecutive bytes beyond ASCII
    }
  }
  return out;
}

// The kind of the body, as far as its bytes show it.
std::string kind_of_body(const Response& response, const ResponseReader& reader) {
  const std::string_view body = response.body;
  const std::string_view coding = response.content_encoding;
  if (body.empty()) return "no body";
  if (!reader.is_json() && !coding.empty() && !same_id(coding, "identity"))
    return "content encoding " + printable(coding, coding_bytes_max) + " (amend did not request it)";
  if (!reader.is_json()) {
    const bool began_as_json = body[std::min(body.find_first_not_of(" \t\r\n"), body.size() - 1)] == '{';
    return began_as_json ? "JSON is damaged at byte " + std::to_string(reader.read_to()) : "not JSON";
  }
  return reader.root() == Kind::object ? "JSON without code, error_code and data" : "JSON that is not an object";
}

std::string describe_body(const Response& response, const ResponseReader& reader) {
  std::string text = kind_of_body(response, reader);
  if (!response.content_type.empty()) text += ", " + printable(response.content_type, header_bytes_max);
  if (!response.body.empty()) text += ", " + std::to_string(response.body.size()) + " bytes";
  return text;
}

}  // namespace

std::string describe_gateway_response(const Response& response, const ResponseReader& reader) {
  const bool redirect = response.status >= 300 && response.status <= 399 && !response.location.empty();
  std::string text = "HTTP " + std::to_string(response.status) + ", not the API's own response: ";
  text += redirect ? "redirect to " + printable(response.location, header_bytes_max) + ", which amend does not follow"
                   : describe_body(response, reader);
  return printable(text);
}

std::string describe_gateway_response(const Response& response) {
  ResponseReader reader;
  reader.read(response.body);
  return describe_gateway_response(response, reader);
}

std::string masked_start(std::string_view body) {
  std::string out;
  for (std::size_t at = 0; at < body.size() && out.size() < start_bytes_max;) {
    std::size_t end = at;
    while (end < body.size() && (is_ascii_letter(body[end]) || is_ascii_digit(body[end]) || !is_plain(body[end])))
      ++end;
    if (end == at) {
      out += body[at++];
      continue;
    }
    const std::string_view word = body.substr(at, std::min(end - at, start_bytes_max));
    const bool stays = begins_tag(body.substr(0, at)) && is_structure(word);
    out += stays ? std::string(word) : masked(word);
    at = end;
  }
  return printable(out, start_bytes_max);
}

}  // namespace amend::wonder
