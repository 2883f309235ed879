#include "reader/encoding/encoding_guess.hpp"

#include <iconv.h>

#include <algorithm>

namespace amend {
namespace {

constexpr std::int32_t full = 10;  // points of a letter that its languages use all the time

// ---- encodings of two bytes per character

bool in(unsigned byte, unsigned low, unsigned high) noexcept { return byte >= low && byte <= high; }

// Rates the character `lead trail` in points. Negative: it is not a character.
using RateWide = std::int32_t (*)(unsigned lead, unsigned trail) noexcept;

// Simplified Chinese: level 1 has the 3,755 most frequent characters.
std::int32_t rate_gbk(unsigned lead, unsigned trail) noexcept {
  if (!in(lead, 0x81, 0xFE) || !in(trail, 0x40, 0xFE) || trail == 0x7F) return -5;
  if (trail < 0xA1) return 1;
  if (in(lead, 0xB0, 0xD7)) return full;
  return in(lead, 0xD8, 0xF7) ? 6 : in(lead, 0xA1, 0xA3) ? 8 : 1;
}

// Traditional Chinese: the frequent characters come first.
std::int32_t rate_big5(unsigned lead, unsigned trail) noexcept {
  if (!in(lead, 0xA1, 0xF9) || !(in(trail, 0x40, 0x7E) || in(trail, 0xA1, 0xFE))) return -5;
  if (in(lead, 0xA4, 0xC6)) return full;
  return in(lead, 0xC9, 0xF9) ? 4 : in(lead, 0xA1, 0xA3) ? 8 : 0;
}

std::int32_t rate_shift_jis(unsigned lead, unsigned trail) noexcept {
  const bool wide = in(lead, 0x81, 0x9F) || in(lead, 0xE0, 0xFC);
  if (!wide || !in(trail, 0x40, 0xFC) || trail == 0x7F) return -5;
  if ((lead == 0x82 && trail >= 0x9F) || (lead == 0x83 && trail <= 0x96)) return full;  // kana
  return in(lead, 0x88, 0x97) ? full : lead == 0x81 ? 6 : 5;
}

// Hangul is frequent; Hanja and symbols are rare.
std::int32_t rate_euc_kr(unsigned lead, unsigned trail) noexcept {
  if (!in(lead, 0x81, 0xFE) || !in(trail, 0x41, 0xFE)) return -5;
  if (trail < 0xA1) return 1;
  return in(lead, 0xB0, 0xC8) ? full : in(lead, 0xA1, 0xAC) ? 3 : 2;
}

std::int32_t rate_euc_jp(unsigned lead, unsigned trail) noexcept {
  if (!in(lead, 0xA1, 0xFE) || !in(trail, 0xA1, 0xFE)) return -5;
  return in(lead, 0xA4, 0xA5) ? full : in(lead, 0xB0, 0xCF) ? 9 : 5;
}

struct Wide {
  const char* name;
  RateWide rate;
  double prior;  // how much more usual than the others it is when both fit
};

constexpr std::array<Wide, 5> wide_encodings{{{"gbk", rate_gbk, 1.05},
                                              {"big5", rate_big5, 1.0},
                                              {"shift_jis", rate_shift_jis, 1.0},
                                              {"euc-kr", rate_euc_kr, 1.0},
                                              {"euc-jp", rate_euc_jp, 1.0}}};
constexpr std::size_t korean = 3;

// ---- encodings of one byte per character

struct PageRule {
  const char* name;
  double prior;
  std::u32string_view frequent;  // 10 points each
  std::u32string_view usual;     // 8 points each; any other letter has 3
};

constexpr std::u32string_view western = U"áéíóúäöüñãåçßøæÁÉÍÓÚÄÖÜÑÃÅÇØÆ";
constexpr std::u32string_view western_usual = U"àèêâôõëïîìòùûœÀÈÊÂÔÕËÏÎ";

constexpr std::u32string_view central = U"áčéěířšžýłąęśżćńůőŁŚŻČŘŠŽÁÉÍ";
constexpr std::u32string_view central_usual = U"óöúüňźűăđâşţäďťľôÓÖÚÜŐŹĆĐ";

constexpr std::array<PageRule, 16> page_rules{{{"windows-1252", 1.1, western, western_usual},
                                               {"iso-8859-15", 1.1, western, western_usual},
                                               {"windows-1250", 1.05, central, central_usual},
                                               {"iso-8859-2", 0.95, central, central_usual},
                                               {"windows-1251", 1.0, U"", U""},
                                               {"windows-1253", 1.0, U"", U""},
                                               {"windows-1254", 1.0, U"ışğüöçİŞĞÜÖÇ", U"âîû"},
                                               {"windows-1255", 1.05, U"", U""},
                                               {"windows-1256", 0.9, U"", U""},
                                               {"windows-1257", 0.95, U"āēīūšžčėĀĒĪŪŠŽČ", U"ąęįųģķļņäöüõ"},
                                               {"koi8-r", 0.95, U"", U""},
                                               {"cp866", 0.95, U"", U""},
                                               {"iso-8859-5", 0.95, U"", U""},
                                               {"tis-620", 0.92, U"", U""},
                                               {"macintosh", 0.95, western, western_usual},
                                               {"cp850", 0.95, western, western_usual}}};

constexpr unsigned acute_accent = 0xB4;
constexpr double least_score = 6.0;
constexpr double as_good = 0.88;  // part of the best score: named beside the best one

// Letters outside Latin: Greek, Cyrillic, Hebrew, Arabic, Thai.
bool is_other_letter(char32_t c) noexcept {
  return (c >= 0x386 && c <= 0x3CE && c != 0x387) || (c >= 0x401 && c <= 0x45F) || (c >= 0x490 && c <= 0x491) ||
         (c >= 0x5D0 && c <= 0x5EA) || (c >= 0x621 && c <= 0x64A) || (c >= 0x679 && c <= 0x6D2) ||
         (c >= 0xE01 && c <= 0xE4E);
}

bool is_latin_letter(char32_t c) noexcept {
  return (c >= 0xC0 && c <= 0x17F && c != 0xD7 && c != 0xF7) || (c >= 0x218 && c <= 0x21B);
}

bool is_upper_letter(char32_t c) noexcept {
  if (c >= 0xC0 && c <= 0xDE) return true;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c % 2 == 1;
  if (c == 0x178) return true;
  if (c >= 0x100 && c <= 0x177) return c % 2 == 0 && c != 0x138;
  return (c >= 0x386 && c <= 0x3AB && c != 0x390) || (c >= 0x401 && c <= 0x42F) || c == 0x490;
}

bool is_lower_letter(char32_t c) noexcept {
  if (is_latin_letter(c)) return !is_upper_letter(c);
  return c == 0x390 || (c >= 0x3AC && c <= 0x3CE) || (c >= 0x430 && c <= 0x45F) || c == 0x491;
}

bool is_punctuation(char32_t c) noexcept {
  return std::u32string_view(U"\u2018\u2019\u201C\u201D\u201E\u2013\u2014\u2026«»\u00A0°ºª№·€©®").find(c) !=
         std::u32string_view::npos;
}

bool is_ascii_letter(unsigned char c) noexcept { return in(c | 0x20U, 'a', 'z'); }

}  // namespace

EncodingGuess::EncodingGuess() {
  static_assert(wide_encodings.size() == wide_count && page_rules.size() == page_count);
  for (std::size_t page = 0; page < page_count; ++page) pages_[page] = make_page(page);
}

EncodingGuess::Page EncodingGuess::make_page(std::size_t page) {
  Page out;
  const PageRule& rule = page_rules[page];
  const iconv_t converter = ::iconv_open("UTF-32LE", rule.name);
  if (converter == reinterpret_cast<iconv_t>(-1)) return out;  // this iconv does not have it: never guessed
  for (unsigned byte = 0x80; byte <= 0xFF; ++byte) {
    auto raw = static_cast<char>(byte);
    char32_t c = 0;
    char* from = &raw;
    char* to = reinterpret_cast<char*>(&c);
    std::size_t left = 1;
    std::size_t room = sizeof c;
    const bool known = ::iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
    if (room != 0) ::iconv(converter, nullptr, nullptr, &to, &room);  // one that combines letters keeps the last one
    ::iconv(converter, nullptr, nullptr, nullptr, nullptr);
    if (!known || room != 0 || c < 0xA0) continue;
    Letter& letter = out[byte - 0x80];
    letter.kind = is_latin_letter(c)   ? Letter::Kind::latin
                  : is_other_letter(c) ? Letter::Kind::other
                  : is_punctuation(c)  ? Letter::Kind::punctuation
                                       : Letter::Kind::symbol;
    letter.code = static_cast<std::uint16_t>(c);
    letter.upper = is_upper_letter(c);
    letter.lower = is_lower_letter(c);
    const bool frequent = rule.frequent.find(c) != std::u32string_view::npos;
    const bool usual = rule.usual.find(c) != std::u32string_view::npos;
    letter.weight = letter.kind == Letter::Kind::other || frequent ? full : usual ? 8 : 3;
  }
  ::iconv_close(converter);
  // "D´Angelo" in windows-1252 becomes "DŽAngelo" in this encoding.
  if (std::string_view(rule.name) == "iso-8859-15") out[acute_accent - 0x80].apostrophe = true;
  return out;
}

void EncodingGuess::take(std::string_view raw) noexcept {
  for (const char c : raw)
    if (static_cast<unsigned char>(c) >= 0x80) seen_.set(static_cast<unsigned char>(c) - 0x80U);
  for (std::size_t i = 0; i < wide_count; ++i) take_wide(i, raw);
  for (std::size_t i = 0; i < page_count; ++i) take_page(i, raw);
}

void EncodingGuess::take_wide(std::size_t encoding, std::string_view raw) noexcept {
  std::size_t wide_end = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto lead = static_cast<unsigned char>(raw[i]);
    if (lead < 0x80) continue;
    const auto trail = static_cast<unsigned char>(i + 1 < raw.size() ? raw[i + 1] : '\0');
    const std::int32_t points = wide_encodings[encoding].rate(lead, trail);
    // In "Genève", è and the letter after it are not a character of two bytes.
    const bool behind_letter = i != wide_end && is_ascii_letter(static_cast<unsigned char>(raw[i - 1]));
    const bool in_ascii_word = trail < 0x80 && behind_letter;
    points_[encoding] += in_ascii_word ? std::min(points, 2) : points;
    ++units_[encoding];
    if (points >= 0) wide_end = ++i + 1;
  }
}

void EncodingGuess::take_page(std::size_t page, std::string_view raw) noexcept {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (static_cast<unsigned char>(raw[i]) < 0x80) continue;
    points_[wide_count + page] += rate(pages_[page], raw, i);
    ++units_[wide_count + page];
  }
}

// A letter is normally beside others of its script, and a capital does not follow a small letter.
std::int32_t EncodingGuess::rate(const Page& page, std::string_view raw, std::size_t at) noexcept {
  const auto letter_at = [&](std::size_t i) -> const Letter* {
    const bool beyond = i < raw.size() && static_cast<unsigned char>(raw[i]) >= 0x80;
    return beyond ? &page[static_cast<unsigned char>(raw[i]) - 0x80U] : nullptr;
  };
  const auto ascii_at = [&](std::size_t i) {
    return i < raw.size() ? static_cast<unsigned char>(raw[i]) : static_cast<unsigned char>(0);
  };
  const Letter& letter = *letter_at(at);
  const Letter* const before = at == 0 ? nullptr : letter_at(at - 1);
  const Letter* const behind = letter_at(at + 1);
  const bool ascii_before = at != 0 && is_ascii_letter(ascii_at(at - 1));
  const bool ascii_behind = is_ascii_letter(ascii_at(at + 1));
  if (letter.kind == Letter::Kind::undefined) return -full;
  if (letter.kind == Letter::Kind::punctuation) return full / 2;
  if (letter.kind == Letter::Kind::symbol) return ascii_before || ascii_behind ? 0 : 2;
  const bool small_before = (before && before->lower) || (ascii_before && in(ascii_at(at - 1), 'a', 'z'));
  if ((letter.upper && small_before) || (letter.apostrophe && ascii_before)) return 0;
  if (letter.kind == Letter::Kind::latin) return ascii_before || ascii_behind ? letter.weight : letter.weight / 5;
  const bool in_word = (before && before->kind == letter.kind) || (behind && behind->kind == letter.kind);
  return in_word && !ascii_before && !ascii_behind ? letter.weight : letter.weight / 3;
}

double EncodingGuess::score(std::size_t encoding) const noexcept {
  if (units_[encoding] == 0) return 0;
  const double mean = static_cast<double>(points_[encoding]) / static_cast<double>(units_[encoding]);
  if (encoding >= wide_count) return mean * page_rules[encoding - wide_count].prior;
  // All Hangul is within the frequent characters of GBK, but a third of Chinese text is outside the range of Hangul.
  const bool surely_korean = encoding == korean && units_[korean] >= 8 && mean > 9.5;
  return mean * (surely_korean ? 1.2 : wide_encodings[encoding].prior);
}

// When two encodings read the text alike, it does not matter which one is named.
bool EncodingGuess::reads_alike(std::size_t a, std::size_t b) const noexcept {
  if (a < wide_count || b < wide_count) return a == b;
  for (std::size_t i = 0; i < seen_.size(); ++i)
    if (seen_[i] && pages_[a - wide_count][i].code != pages_[b - wide_count][i].code) return false;
  return true;
}

EncodingGuess::Rated EncodingGuess::rated() const noexcept {
  Rated out;
  const auto is_better = [&](std::size_t i, std::size_t other) {
    return score(i) >= least_score && (other == count || score(i) > score(other));
  };
  for (std::size_t i = 0; i < count; ++i)
    if (is_better(i, out.best)) out.best = i;
  for (std::size_t i = 0; i < count && out.best != count; ++i)
    if (!reads_alike(i, out.best) && is_better(i, out.second)) out.second = i;
  return out;
}

std::string_view EncodingGuess::name() const noexcept {
  const std::size_t best = rated().best;
  if (best == count) return {};
  return best < wide_count ? wide_encodings[best].name : page_rules[best - wide_count].name;
}

std::string EncodingGuess::names() const {
  const Rated found = rated();
  std::string out(name());
  if (found.second == count || score(found.second) < as_good * score(found.best)) return out;
  const std::size_t second = found.second;
  return out + " or " + (second < wide_count ? wide_encodings[second].name : page_rules[second - wide_count].name);
}

}  // namespace amend
