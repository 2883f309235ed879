// Whether an input is in the encoding it is read as: found out by reading all of it before anything is sent. No I/O of
// its own. Layer 2; the thread that reads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/position.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// An input that is not in the encoding it is read as. Nothing of it may be sent: rows that happen to be valid would
/// carry other letters than the file means.
class EncodingTrouble {
 public:
  enum class Kind : std::uint8_t {
    not_utf8,        ///< nothing says what the encoding is, and not all of its bytes are UTF-8
    utf8_after_all,  ///< another encoding was named, but all bytes beyond ASCII are UTF-8
  };

  Kind kind = Kind::not_utf8;
  std::uint64_t rows = 0;       ///< not UTF-8; of utf8_after_all: with characters beyond ASCII
  std::vector<Position> first;  ///< the first of them, at most three
  std::string likely;           ///< a name for --encoding; empty: not known
  std::string likely_names;     ///< the same for messages: "windows-1252 or windows-1250"
  std::string named;            ///< what --encoding says; empty: nothing
};

class EncodingGuess;

/// One reading of one source. Memory: 16 KiB.
class EncodingCheck {
 public:
  explicit EncodingCheck(const Source& source);
  ~EncodingCheck();
  EncodingCheck(const EncodingCheck&) = delete;
  EncodingCheck& operator=(const EncodingCheck&) = delete;

  /// Each row that the source hands out.
  void take(const Record& record);

  /// Of the rows so far; nullopt: there is none.
  std::optional<EncodingTrouble> trouble() const;

 private:
  const Source& source_;
  std::unique_ptr<EncodingGuess> guess_;
  std::uint64_t rows_ = 0;
  std::vector<Position> first_;
};

/// "3,864 rows are not UTF-8 (row 1, line 2, byte 14; …); the encoding is probably gbk": what is wrong.
std::string describe(const EncodingTrouble& trouble);
/// What to do about it, in one sentence.
std::string remedy(const EncodingTrouble& trouble);

/// An input in another encoding than the one it is read as. `likely()`: the --encoding to try; empty: none is to be
/// given.
class EncodingError : public ConfigError {
 public:
  explicit EncodingError(const std::string& message, std::string likely)
      : ConfigError(message), likely_(std::move(likely)) {}
  const std::string& likely() const noexcept { return likely_; }

 private:
  std::string likely_;
};

/// `file` with its trouble, as an error that ends the command (exit 2).
EncodingError encoding_error(const std::string& file, const EncodingTrouble& trouble);

/// The same for a header whose bytes `raw` are not UTF-8 or have a NUL, with what follows it.
EncodingError header_error(const std::string& where, std::string_view raw, std::string_view rest);

/// Whether the text has bytes beyond ASCII.
bool is_beyond_ascii(std::string_view text) noexcept;

/// Whether it is one of those that have no structure by which a mistake would show: neither UTF-8 nor UTF-16 or 32.
bool is_legacy_encoding(std::string_view name) noexcept;

}  // namespace amend
