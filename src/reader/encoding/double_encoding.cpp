#include "reader/encoding/double_encoding.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "reader/encoding/code_point.hpp"

namespace amend {
namespace {

// The characters of windows-1252 from 0x80 to 0x9F; 0: unassigned.
constexpr std::array<char32_t, 32> windows_1252{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// The characters of windows-1251 from 0x80 to 0xBF, before the Russian alphabet.
constexpr std::array<char32_t, 64> windows_1251{
    0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021, 0x20AC, 0x2030, 0x0409, 0x2039, 0x040A,
    0x040C, 0x040B, 0x040F, 0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x0098, 0x2122,
    0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F, 0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6,
    0x00A7, 0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407, 0x00B0, 0x00B1, 0x0406, 0x0456,
    0x0491, 0x00B5, 0x00B6, 0x00B7, 0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457};

// Signs that may also end a word or a quotation.
constexpr std::array<char32_t, 15> closing_signs{0xA0,   0xAA,   0xAB,   0xAE,   0xB0,   0xBA,   0xBB,  0x2013,
                                                 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2122};

// The byte of windows-1252 or Latin-1 from which the character was read. 0: there is no such byte beyond ASCII.
unsigned byte_of(char32_t point) noexcept {
  if (point >= 0x80 && point <= 0xFF) return static_cast<unsigned>(point);
  if (point < 0x100) return 0;
  const auto found = std::ranges::find(windows_1252, point);
  return found == windows_1252.end() ? 0 : 0x80 + static_cast<unsigned>(found - windows_1252.begin());
}

constexpr bool is_upper(char32_t point) noexcept { return point >= 'A' && point <= 'Z'; }
constexpr bool is_lower(char32_t point) noexcept { return point >= 'a' && point <= 'z'; }

/// One character of the original text that was written as several.
struct Sequence {
  char32_t point = 0;      // the code point of the original
  unsigned lead = 0;       // the first byte of the original
  char32_t last_sign = 0;  // the character that represents its last byte
  std::size_t bytes = 0;   // its length in the text
};

// The sequence at the start of the text.
std::optional<Sequence> sequence_at(std::string_view text) noexcept {
  const std::size_t size = text.size();
  Sequence out;
  out.lead = byte_of(take_code_point(text));
  if (out.lead < 0xC2 || out.lead > 0xF4) return std::nullopt;
  const unsigned follow = out.lead < 0xE0 ? 1 : out.lead < 0xF0 ? 2 : 3;
  out.point = out.lead & (0x3Fu >> follow);
  for (unsigned i = 0; i < follow; ++i) {
    if (text.empty()) return std::nullopt;
    out.last_sign = take_code_point(text);
    const unsigned byte = byte_of(out.last_sign);
    if (byte < 0x80 || byte > 0xBF) return std::nullopt;
    out.point = out.point << 6 | (byte & 0x3F);
  }
  constexpr std::array<char32_t, 4> least{0, 0xA0, 0x800, 0x10000};
  if (out.point < least[follow] || out.point > 0x10FFFF || (out.point >= 0xD800 && out.point <= 0xDFFF))
    return std::nullopt;
  out.bytes = size - text.size();
  return out;
}

// Whether the sequence alone proves that the text was encoded twice.
bool is_proof(const Sequence& sequence, char32_t before, std::string_view behind) noexcept {
  if (sequence.lead >= 0xF0 || sequence.lead == 0xE2) return true;
  if (sequence.lead == 0xEF) return sequence.point == 0xFFFD || sequence.point == 0xFEFF;
  const bool closes = std::ranges::find(closing_signs, sequence.last_sign) != closing_signs.end();
  const bool in_word = !behind.empty() && is_lower(static_cast<unsigned char>(behind.front()));
  if (sequence.lead <= 0xC3) return !closes || in_word || !is_upper(before);
  return sequence.lead <= 0xC5 && (!closes || in_word);
}

// Counts pairs that begin with Р or С. Russian in UTF-8 consists of them when it is read as windows-1251.
std::size_t cyrillic_pairs(std::string_view text) noexcept {
  std::size_t pairs = 0;
  char32_t before = 0;
  while (!text.empty()) {
    const char32_t point = take_code_point(text);
    const bool pair =
        (before == 0x0420 || before == 0x0421) && std::ranges::find(windows_1251, point) != windows_1251.end();
    pairs += pair ? 1 : 0;
    before = pair ? 0 : point;
  }
  return pairs;
}

// The same for the encoding of old Macintoshes: √ or ‚ with the character after it.
bool has_macintosh_pair(std::string_view text) noexcept {
  const std::size_t root = text.find("\u221A");
  if (root != std::string_view::npos && root + 3 < text.size() && static_cast<unsigned char>(text[root + 3]) >= 0x80)
    return true;
  return text.find("\u201A\u00C4") != std::string_view::npos;
}

// Maps each character of the basic plane to its two bytes of GBK; 0: it has fewer bytes, or none.
using GbkBytes = std::array<std::uint16_t, 0x10000>;

GbkBytes make_gbk_bytes() noexcept {
  GbkBytes out{};
  const iconv_t converter = ::iconv_open("UTF-32LE", "GBK");
  if (converter == reinterpret_cast<iconv_t>(-1)) return out;
  for (unsigned lead = 0x81; lead <= 0xFE; ++lead)
    for (unsigned trail = 0x40; trail <= 0xFE; ++trail) {
      std::array<char, 2> bytes{static_cast<char>(lead), static_cast<char>(trail)};
      char32_t point = 0;
      char* from = bytes.data();
      char* to = reinterpret_cast<char*>(&point);
      std::size_t left = bytes.size();
      std::size_t room = sizeof point;
      const bool known = ::iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1) && left == 0;
      ::iconv(converter, nullptr, nullptr, nullptr, nullptr);
      if (known && point >= 0x80 && point < out.size()) out[point] = static_cast<std::uint16_t>(lead << 8 | trail);
    }
  ::iconv_close(converter);
  return out;
}

/// Recognises Han characters of UTF-8, three bytes each, in a sequence of bytes.
class HanInUtf8 {
 public:
  void take(unsigned byte) noexcept {
    const bool fits = missing_ == 0 ? byte >= 0xE4 && byte <= 0xE9 : byte >= 0x80 && byte <= 0xBF;
    fails_ = fails_ || !fits;
    if (missing_ == 1) ++whole_;
    missing_ = missing_ == 0 ? 2 : missing_ - 1;
  }
  bool is_text() const noexcept { return !fails_ && whole_ >= 2; }

 private:
  unsigned missing_ = 0;
  unsigned whole_ = 0;
  bool fails_ = false;
};

}  // namespace

// Of two million Chinese names that were composed at random, none is recognised by mistake.
bool is_utf8_read_as_gbk(std::string_view text) noexcept {
  static const GbkBytes gbk_bytes = make_gbk_bytes();
  HanInUtf8 run;
  while (!text.empty()) {
    const char32_t point = take_code_point(text);
    const unsigned bytes = point < gbk_bytes.size() ? gbk_bytes[point] : 0U;
    if (bytes != 0) {
      run.take(bytes >> 8);
      run.take(bytes & 0xFF);
    } else if (run.is_text()) {
      return true;
    } else {
      run = HanInUtf8();
    }
  }
  return run.is_text();
}

bool is_doubly_encoded(std::string_view text) noexcept {
  constexpr std::size_t pairs_enough = 3;
  if (has_macintosh_pair(text) || cyrillic_pairs(text) >= pairs_enough) return true;
  unsigned doubtful = 0;
  char32_t before = 0;
  while (!text.empty()) {
    const auto sequence = sequence_at(text);
    if (!sequence) {
      before = take_code_point(text);
      continue;
    }
    text.remove_prefix(sequence->bytes);
    if (is_proof(*sequence, before, text) || ++doubtful == 2) return true;
    before = sequence->last_sign;
  }
  return false;
}

}  // namespace amend
