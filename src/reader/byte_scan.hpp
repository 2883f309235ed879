// Finds the next byte of a set, 16 bytes at a time where the processor has SSE2 (every x86-64). Layer 1.
#pragma once

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace amend {

/// The first byte in [at, end) that equals one of four; `end` when there is none. Repeat a byte to search for fewer.
class ByteSet {
 public:
  ByteSet(char a, char b, char c, char d) noexcept : a_(a), b_(b), c_(c), d_(d) {}

  const char* find(const char* at, const char* end) const noexcept {
#if defined(__SSE2__)
    const __m128i a = _mm_set1_epi8(a_);
    const __m128i b = _mm_set1_epi8(b_);
    const __m128i c = _mm_set1_epi8(c_);
    const __m128i d = _mm_set1_epi8(d_);
    for (; end - at >= 16; at += 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      const __m128i ab = _mm_or_si128(_mm_cmpeq_epi8(block, a), _mm_cmpeq_epi8(block, b));
      const __m128i cd = _mm_or_si128(_mm_cmpeq_epi8(block, c), _mm_cmpeq_epi8(block, d));
      const auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(ab, cd)));
      if (hits != 0) return at + std::countr_zero(hits);
    }
#endif
    while (at != end && *at != a_ && *at != b_ && *at != c_ && *at != d_) ++at;
    return at;
  }

 private:
  char a_;
  char b_;
  char c_;
  char d_;
};

/// The first byte in [at, end) that a JSON string cannot hold as it is (RFC 8259 §7): a quote, a backslash, one below
/// 0x20; `end` when there is none.
inline const char* find_json_escape(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control_max = _mm_set1_epi8(0x1F);
  for (; end - at >= 16; at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, control_max), block);
    const __m128i sign = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
    const auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, sign)));
    if (hits != 0) return at + std::countr_zero(hits);
  }
#endif
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

}  // namespace amend
