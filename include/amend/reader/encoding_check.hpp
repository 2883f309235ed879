// Finds out, before anything is sent, whether an input has the encoding that it is read in.
//
// Threads: the thread that reads. Source: layer 2, no I/O of its own.
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

/// An input whose bytes contradict the encoding that it is read in. No row of it may be sent: a row that is valid by
/// chance would carry other letters than the file means.
class EncodingTrouble {
 public:
  enum class Kind : std::uint8_t {
    not_utf8,        ///< no encoding was named, and some bytes are not UTF-8
    utf8_after_all,  ///< another encoding was named, but all bytes beyond ASCII are UTF-8
  };

  Kind kind = Kind::not_utf8;
  std::uint64_t rows = 0;       ///< rows that are not UTF-8; for utf8_after_all: rows beyond ASCII
  std::vector<Position> first;  ///< the first of them, at most three
  std::string likely;           ///< a name for --encoding; empty: not known
  std::string likely_names;     ///< the same for messages: "windows-1252 or windows-1250"
  std::string named;            ///< the value of --encoding; empty: not given
};

class EncodingGuess;

/// Checks one reading of one source.
///
/// Bounds: 16 KiB of memory.
class EncodingCheck {
 public:
  explicit EncodingCheck(const Source& source);
  ~EncodingCheck();
  EncodingCheck(const EncodingCheck&) = delete;
  EncodingCheck& operator=(const EncodingCheck&) = delete;

  /// Call it with each row that the source returns.
  void take(const Record& record);

  /// The trouble in the rows so far; nullopt: none was found.
  std::optional<EncodingTrouble> trouble() const;

 private:
  const Source& source_;
  std::unique_ptr<EncodingGuess> guess_;
  std::uint64_t rows_ = 0;
  std::vector<Position> first_;
};

/// Describes what is wrong: "3,864 rows are not UTF-8 (row 1, line 2, byte 14; …); the encoding is probably gbk".
std::string describe(const EncodingTrouble& trouble);
/// Says in one sentence what the operator should do.
std::string remedy(const EncodingTrouble& trouble);

/// The input has another encoding than the one that it is read in. `likely()` is the --encoding to try; when it is
/// empty, --encoding must be left out.
class EncodingError : public ConfigError {
 public:
  explicit EncodingError(const std::string& message, std::string likely)
      : ConfigError(message), likely_(std::move(likely)) {}
  const std::string& likely() const noexcept { return likely_; }

 private:
  std::string likely_;
};

/// The trouble of `file` as an error that ends the command (exit 2).
EncodingError encoding_error(const std::string& file, const EncodingTrouble& trouble);

/// The same for a header: `raw`, its bytes, are not UTF-8 or contain a NUL. `rest` is the text after it.
EncodingError header_error(const std::string& where, std::string_view raw, std::string_view rest);

bool is_beyond_ascii(std::string_view text) noexcept;

/// Whether it is a legacy encoding: not UTF-8, UTF-16 or UTF-32. Such an encoding has no structure that would reveal a
/// wrong choice.
bool is_legacy_encoding(std::string_view name) noexcept;

}  // namespace amend
