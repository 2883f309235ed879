#include <fmt/format.h>

#include "amend/error.hpp"
#include "amend/report/page.hpp"
#include "report/page/style.hpp"
#include "row/hexadecimal.hpp"

namespace amend::report {

namespace {

// U+202A … U+202E and U+2066 … U+2069 change the direction of the text behind them, so that a text looks like another
// one.
bool begins_with_direction(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(text[2]);
  if (text[1] == '\x80') return last >= 0xAA && last <= 0xAE;
  return text[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  const std::string shown = printable(text, 4 * text.size() + 4);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (begins_with_direction(std::string_view(shown).substr(i))) {
      for (const char byte : shown.substr(i, 3)) append_hex(out += "\\x", static_cast<unsigned char>(byte));
      i += 2;
      continue;
    }
    switch (const char c = shown[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string_view style_sheet() noexcept { return style; }

bool is_page(std::string_view first_bytes) noexcept {
  const std::string_view head = first_bytes.substr(0, first_bytes.find("</title>"));
  return head.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n") &&
         (head.find("\n<title>amend: ") != head.npos || head.find("\n<title>amend bench: ") != head.npos);
}

std::string document(std::string_view title, std::string_view main) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      escaped(title), style_sheet(), main);
}

}  // namespace amend::report
