// Guesses the encoding of text that is not UTF-8, for messages only. No I/O. Layer 1.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend {

/// Rates each encoding by the share of the text that would be letters of its languages in likely places. All text
/// counts, so the majority of rows decides.
///
/// Bounds: 16 KiB.
class EncodingGuess {
 public:
  EncodingGuess();

  /// Adds text that is not UTF-8: its bytes as they are in the file.
  void take(std::string_view raw) noexcept;

  /// A name for --encoding: "windows-1252", "gbk", …; empty when no known encoding fits.
  std::string_view name() const noexcept;

  /// "gbk", or "windows-1252 or windows-1250" when two fit about equally and read the text differently.
  std::string names() const;

 private:
  static constexpr std::size_t wide_count = 5;
  static constexpr std::size_t page_count = 16;
  static constexpr std::size_t count = wide_count + page_count;

  /// The meaning of one byte of 0x80 … 0xFF in a code page.
  class Letter {
   public:
    enum class Kind : std::uint8_t { undefined, symbol, punctuation, latin, other };
    Kind kind = Kind::undefined;
    bool upper = false;
    bool lower = false;
    bool apostrophe = false;  ///< its sign in windows-1252 is typed as an apostrophe
    std::uint16_t code = 0;
    std::uint8_t weight = 0;  ///< of 10
  };
  using Page = std::array<Letter, 128>;
  class Rated {
   public:
    std::size_t best = count;
    std::size_t second = count;
  };

  static Page make_page(std::size_t page);
  static std::int32_t rate(const Page& page, std::string_view raw, std::size_t at) noexcept;
  void take_page(std::size_t page, std::string_view raw) noexcept;
  void take_wide(std::size_t encoding, std::string_view raw) noexcept;
  double score(std::size_t encoding) const noexcept;
  bool reads_alike(std::size_t a, std::size_t b) const noexcept;
  Rated rated() const noexcept;

  std::array<Page, page_count> pages_;
  std::bitset<128> seen_;                     // bytes beyond ASCII
  std::array<std::int64_t, count> points_{};  // in tenths of a point
  std::array<std::uint64_t, count> units_{};  // characters beyond ASCII
};

}  // namespace amend
