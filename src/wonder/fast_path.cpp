#include "fast_path.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "amend/wonder/customer_schema.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace amend::wonder {
namespace {

// Scans 64 bytes at a time for quotes, and for bytes that only the full rule can judge.
class Blocks {
 public:
  static constexpr std::size_t bytes = 64;

#if defined(__SSE2__)
  std::uint64_t look(const char* at) noexcept {
    return quarter(at) | quarter(at + 16) << 16 | quarter(at + 32) << 32 | quarter(at + 48) << 48;
  }
  bool refused() const noexcept { return _mm_movemask_epi8(refused_) != 0; }
  bool beyond_ascii() const noexcept { return _mm_movemask_epi8(all_) != 0; }

 private:
  std::uint64_t quarter(const char* at) noexcept {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    refused_ = _mm_or_si128(refused_, _mm_or_si128(control, _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))));
    all_ = _mm_or_si128(all_, block);
    return static_cast<std::uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('"'))));
  }

  __m128i refused_ = _mm_setzero_si128();
  __m128i all_ = _mm_setzero_si128();
#else
  std::uint64_t look(const char* at) noexcept {
    std::uint64_t quotes = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      const auto byte = static_cast<unsigned char>(at[i]);
      quotes |= std::uint64_t{byte == '"'} << i;
      refused_ |= byte < 0x20 || byte == '\\';
      beyond_ascii_ |= byte >= 0x80;
    }
    return quotes;
  }
  bool refused() const noexcept { return refused_; }
  bool beyond_ascii() const noexcept { return beyond_ascii_; }

 private:
  bool refused_ = false;
  bool beyond_ascii_ = false;
#endif
};

// The places of the quotes in a body. They are found first, because their distribution over blocks differs from body to
// body. It must not disturb the processor's predictions for the members, which have the same order in each body.
class Quotes {
 public:
  static constexpr std::size_t bytes_max = 16'384;

  /// Returns false for too many quotes, an odd number, a backslash, a control character, or invalid UTF-8. `body` has
  /// at least one block.
  bool find(std::string_view body) noexcept {
    Blocks blocks;
    std::size_t at = 0;
    for (; body.size() - at >= Blocks::bytes; at += Blocks::bytes) {
      if (count_ > quotes_max) return false;
      note(blocks.look(body.data() + at), at);
    }
    // The rest is scanned as the end of a block that overlaps the previous one.
    const std::size_t left = body.size() - at;
    if (left != 0) note(blocks.look(body.data() + body.size() - Blocks::bytes) >> (Blocks::bytes - left), at);
    if (count_ > quotes_max || count_ % 2 != 0 || blocks.refused()) return false;
    places_[count_] = 0xFFFF;
    return !blocks.beyond_ascii() || is_utf8(body);
  }

  /// The places in order. The last one is followed by a place that no body has.
  const std::uint16_t* begin() const noexcept { return places_; }

 private:
  static constexpr std::size_t quotes_max = 256;

  // Two per step, because they usually come in pairs.
  void note(std::uint64_t quotes, std::size_t block) noexcept {
    std::uint16_t* out = places_ + count_;
    while (quotes != 0) {
      *out++ = static_cast<std::uint16_t>(block + static_cast<std::size_t>(std::countr_zero(quotes)));
      quotes &= quotes - 1;
      *out = static_cast<std::uint16_t>(block + static_cast<std::size_t>(std::countr_zero(quotes)));
      out += quotes != 0 ? 1 : 0;
      quotes &= quotes - 1;
    }
    count_ = static_cast<std::size_t>(out - places_);
  }

  std::uint16_t places_[quotes_max + 2 * Blocks::bytes];  // not set: only what was found is read
  std::size_t count_ = 0;
};

// The kinds of objects that are examined.
enum class Place : std::uint8_t { root, data, customer, token, elsewhere };

// The members that matter, one bit each. A member that occurs twice is left to the full rule.
enum class Known : std::uint8_t { none, code, error_code, data, customer, uuid, reference_number, token, token_error };

Known known_member(Place place, std::string_view key) noexcept {
  switch (place) {
    case Place::root:
      if (key == "code") return Known::code;
      if (key == "data") return Known::data;
      return key == "error_code" ? Known::error_code : Known::none;
    case Place::data: return key == "customer" ? Known::customer : Known::none;
    case Place::customer:
      if (key == "uuid") return Known::uuid;
      if (key == "reference_number") return Known::reference_number;
      return key == "default_payment_token" ? Known::token : Known::none;
    case Place::token: return key == "error_code" ? Known::token_error : Known::none;
    case Place::elsewhere: break;
  }
  return Known::none;
}

constexpr unsigned bit(Known member) noexcept { return 1U << static_cast<unsigned>(member); }

// One pass over a body. It has no backslash, so its quotes pair up. Its last byte is `}`, so every other byte has a
// byte after it.
class Walk {
 public:
  Walk(std::string_view body, const Quotes& quotes, const Expectation& expected) noexcept
      : body_(body), quote_(quotes.begin()), expected_(expected) {}

  bool finds_success() noexcept {
    const unsigned needed = bit(Known::uuid) | (expected_.guard ? bit(Known::reference_number) : 0);
    return members() && (seen_ & needed) == needed;
  }

 private:
  static constexpr std::size_t depth_max = 8;
  static constexpr std::size_t digits_max = 15;

  // Reads the whole body.
  bool members() noexcept {
    if (body_.front() != '{') return false;
    at_ = 1;
    for (;;) {
      Known member = Known::none;
      if (!key(member)) return false;
      if (body_[at_] == '{') {
        if (!enter(member)) return false;
        if (body_[at_] != '}') continue;
      } else if (!value(member)) {
        return false;
      }
      if (body_[at_] == '}' && !leave()) return false;
      if (at_ == body_.size()) return true;
      if (body_[at_++] != ',') return false;
    }
  }

  // Reads `"key":`.
  bool key(Known& member) noexcept {
    std::string_view name;
    if (!string(name) || body_[at_++] != ':') return false;
    if (places_[depth_] == Place::elsewhere) return true;
    member = known_member(places_[depth_], name);
    if (member == Known::none) return true;
    const bool twice = (seen_ & bit(member)) != 0;
    seen_ |= bit(member);
    return !twice;
  }

  bool string(std::string_view& text) noexcept {
    if (*quote_ != at_) return false;
    const std::size_t end = quote_[1];
    quote_ += 2;
    text = std::string_view(body_.data() + at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
  }

  bool enter(Known member) noexcept {
    if (depth_ + 1 == depth_max) return false;
    Place place = Place::elsewhere;
    switch (member) {
      case Known::none: break;
      case Known::data: place = Place::data; break;
      case Known::customer: place = Place::customer; break;
      case Known::token: place = Place::token; break;
      default: return false;
    }
    places_[++depth_] = place;
    ++at_;
    return true;
  }

  // Ends objects, perhaps the whole body.
  bool leave() noexcept {
    for (; body_[at_] == '}'; --depth_) {
      if (++at_ == body_.size()) return depth_ == 0;
      if (depth_ == 0) return false;
    }
    return true;
  }

  bool value(Known member) noexcept {
    const char first = body_[at_];
    std::string_view text;
    if (first == '"') return string(text) && (member == Known::none || allows(member, text));
    if (first >= '0' && first <= '9') return number(text) && allows_number(member, text);
    if (first == 'n') return literal("null") && !needs_value(member);
    return (literal("true") || literal("false")) && (member == Known::none || member == Known::token);
  }

  bool allows(Known member, std::string_view text) const noexcept {
    switch (member) {
      case Known::none:
      case Known::token: return true;
      case Known::code: return is_good(text);
      case Known::error_code:
      case Known::token_error: return text.empty();
      case Known::uuid: return text == expected_.id || same_id(text, expected_.id);
      case Known::reference_number: return !expected_.guard || text == *expected_.guard;
      case Known::data:
      case Known::customer: break;
    }
    return false;
  }

  static bool is_good(std::string_view code) noexcept { return code == "200" || code == "0"; }
  // Any other number in a member that matters is left to the full rule.
  static bool allows_number(Known member, std::string_view text) noexcept {
    if (member == Known::code) return is_good(text);
    if (member == Known::error_code || member == Known::token_error) return text == "0";
    return member == Known::none || member == Known::token;
  }
  bool needs_value(Known member) const noexcept {
    return member == Known::data || member == Known::customer || member == Known::uuid ||
           (member == Known::reference_number && expected_.guard);
  }

  bool number(std::string_view& text) noexcept {
    const std::size_t begin = at_;
    while (body_[at_] >= '0' && body_[at_] <= '9') ++at_;
    text = std::string_view(body_.data() + begin, at_ - begin);
    return text.size() <= digits_max && (text.front() != '0' || text.size() == 1);
  }

  bool literal(std::string_view text) noexcept {
    if (body_.size() - at_ <= text.size() || body_.compare(at_, text.size(), text) != 0) return false;
    at_ += text.size();
    return true;
  }

  std::string_view body_;
  const std::uint16_t* quote_;
  const Expectation& expected_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::array<Place, depth_max> places_{Place::root};
  unsigned seen_ = 0;
};

}  // namespace

bool is_plain_success(std::string_view body, const Expectation& expected) noexcept {
  if (body.size() < Blocks::bytes || body.size() > Quotes::bytes_max || body.back() != '}') return false;
  Quotes quotes;
  return quotes.find(body) && Walk(body, quotes, expected).finds_success();
}

}  // namespace amend::wonder
