#include "row/byte_scan.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace amend;

namespace {

// Sizes around one block and two, each place, each byte: what is found is what the byte by itself says.
template <class Kind>
void check_each_place(const Kind& kind) {
  for (std::size_t size = 1; size <= 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        const char* const end = text.data() + size;
        const std::size_t expected = kind.holds(static_cast<char>(byte)) ? at : size;
        if (static_cast<std::size_t>(find_byte(text.data(), end, kind) - text.data()) == expected) continue;
        CAPTURE(size);
        CAPTURE(at);
        CAPTURE(byte);
        FAIL("not found, or something else");
      }
}

}  // namespace

TEST_CASE("bytes: the first of a kind is found wherever it stands") {
  SUBCASE("one of four") { check_each_place(ByteSet(',', '"', '\n', '\r')); }
  SUBCASE("escaped in JSON") { check_each_place(JsonEscaped()); }
  SUBCASE("control characters") { check_each_place(ControlStart()); }
}

TEST_CASE("bytes: of several the first one is found") {
  for (std::size_t first = 0; first < 38; ++first) {
    std::string text(38, 'a');
    for (std::size_t at = first; at < text.size(); ++at) text[at] = '"';
    CHECK(find_byte(text.data(), text.data() + text.size(), JsonEscaped()) == text.data() + first);
  }
}

TEST_CASE("bytes: no text that holds another byte passes as plain") {
  constexpr PlainBytes plain({' ', ' '}, {'&', ')'}, {',', '.'});
  for (std::size_t size = 1; size <= 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        const bool letter =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        const bool other = byte == ' ' || (byte >= '&' && byte <= ')') || (byte >= ',' && byte <= '.');
        if (!plain.are_all_of(text) || letter || other) continue;
        CAPTURE(size);
        CAPTURE(byte);
        FAIL("passed");
      }
}
