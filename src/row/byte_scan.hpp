// Searches for bytes of a class, 16 at a time where the processor has SSE2 (every x86-64). Pure. Layer 0.
#pragma once

#include <bit>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace amend {

#if defined(__SSE2__)
inline __m128i load_block(const char* from) noexcept { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }

inline __m128i equal(__m128i block, char byte) noexcept { return _mm_cmpeq_epi8(block, _mm_set1_epi8(byte)); }

/// Whether bytes are in `first` … `last`. A byte below the range wraps around to a large one.
inline __m128i within(__m128i block, char first, char last) noexcept {
  const __m128i from_first = _mm_sub_epi8(block, _mm_set1_epi8(first));
  const __m128i size_max = _mm_set1_epi8(static_cast<char>(last - first));
  return _mm_cmpeq_epi8(_mm_min_epu8(from_first, size_max), from_first);
}
#endif

/// The first byte in [at, end) of the class `Kind`; `end` when there is no such byte. `Kind` has `holds(char)` and,
/// with SSE2, `holds(__m128i)`, which sets the matching bytes to 0xFF.
template <class Kind>
const char* find_byte(const char* at, const char* end, const Kind& kind) noexcept {
#if defined(__SSE2__)
  const auto hits_in = [&](const char* block) {
    return static_cast<unsigned>(_mm_movemask_epi8(kind.holds(load_block(block))));
  };
  const char* const begin = at;
  for (; end - at >= 16; at += 16)
    if (const unsigned hits = hits_in(at); hits != 0) return at + std::countr_zero(hits);
  // The rest is searched as the end of a block that overlaps the previous one.
  if (at != begin && at != end) {
    const unsigned hits = hits_in(end - 16);
    return hits != 0 ? end - 16 + std::countr_zero(hits) : end;
  }
#endif
  while (at != end && !kind.holds(*at)) ++at;
  return at;
}

/// A class of four bytes. Repeat a byte for fewer.
class ByteSet {
 public:
  ByteSet(char a, char b, char c, char d) noexcept : a_(a), b_(b), c_(c), d_(d) {}

  bool holds(char byte) const noexcept { return byte == a_ || byte == b_ || byte == c_ || byte == d_; }
#if defined(__SSE2__)
  __m128i holds(__m128i block) const noexcept {
    return _mm_or_si128(_mm_or_si128(equal(block, a_), equal(block, b_)),
                        _mm_or_si128(equal(block, c_), equal(block, d_)));
  }
#endif

 private:
  char a_;
  char b_;
  char c_;
  char d_;
};

/// The bytes that a JSON string must escape (RFC 8259 §7): a quote, a backslash, a byte below 0x20.
class JsonEscaped {
 public:
  bool holds(char byte) const noexcept {
    return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20;
  }
#if defined(__SSE2__)
  __m128i holds(__m128i block) const noexcept {
    return _mm_or_si128(within(block, 0, 0x1F), _mm_or_si128(equal(block, '"'), equal(block, '\\')));
  }
#endif
};

/// The bytes that are, or begin, a control character in UTF-8. 0xC2 begins other characters too.
class ControlStart {
 public:
  bool holds(char byte) const noexcept {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F || byte == '\xC2';
  }
#if defined(__SSE2__)
  __m128i holds(__m128i block) const noexcept {
    return _mm_or_si128(within(block, 0, 0x1F), _mm_or_si128(equal(block, 0x7F), equal(block, '\xC2')));
  }
#endif
};

/// ASCII letters, digits, and the characters of three ranges.
class PlainBytes {
 public:
  class Range {
   public:
    char first;
    char last;
  };

  constexpr PlainBytes(Range a, Range b, Range c) noexcept : a_(a), b_(b), c_(c) {}

  /// Returns true when `text` has only bytes of this class. false is inconclusive: also returned below 16 bytes. Then
  /// test each byte.
  bool are_all_of(std::string_view text) const noexcept {
#if defined(__SSE2__)
    if (text.size() < 16) return false;
    const char* const last_block = text.data() + text.size() - 16;
    for (const char* at = text.data(); at < last_block; at += 16)
      if (!hold_all(load_block(at))) return false;
    return hold_all(load_block(last_block));
#else
    return false;
#endif
  }

 private:
#if defined(__SSE2__)
  bool hold_all(__m128i block) const noexcept {
    const __m128i letters = within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i ab = _mm_or_si128(within(block, a_.first, a_.last), within(block, b_.first, b_.last));
    const __m128i rest = _mm_or_si128(within(block, c_.first, c_.last), within(block, '0', '9'));
    return _mm_movemask_epi8(_mm_or_si128(letters, _mm_or_si128(ab, rest))) == 0xFFFF;
  }
#endif

  Range a_;
  Range b_;
  Range c_;
};

}  // namespace amend
