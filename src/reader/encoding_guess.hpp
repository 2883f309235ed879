// Which encoding rows are in that are not UTF-8: a guess to be told to people, never acted upon. No I/O. Layer 1.
#pragma once

#include <cstdint>
#include <string_view>

namespace amend {

class EncodingGuess {
 public:
  /// A row that is not UTF-8, its bytes as they stand in the file.
  void take(std::string_view raw) noexcept;

  /// A name for --encoding: "windows-1252", "gbk" or "big5"; empty when the bytes look like none of them.
  std::string_view name() const noexcept;

 private:
  std::uint64_t units_ = 0;        // bytes beyond ASCII, each with the byte behind it where that may be its second half
  std::uint64_t letters_ = 0;      // units of one byte that is a letter of windows-1252, ASCII behind it: é in Andréa
  std::uint64_t gb2312_ = 0;       // units where simplified Chinese keeps nearly all it uses
  std::uint64_t big5_common_ = 0;  // units where traditional Chinese keeps its common characters
};

}  // namespace amend
