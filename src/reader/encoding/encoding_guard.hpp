// Rejects rows when an input that was not checked before turns out to have another encoding.
//
// Threads: the reader thread. Source: layer 2.
#pragma once

#include <cstdint>
#include <string>

#include "amend/reader/encoding_check.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// Gives rows beyond ASCII the fault `input.encoding`, beginning with the first row that reveals the wrong encoding.
/// Their letters would be wrong. Rows of ASCII mean the same in each encoding.
class EncodingGuard {
 public:
  /// `source` outlives it. A source whose bytes declare their encoding is never doubted.
  explicit EncodingGuard(const Source& source);

  /// Call it before the first row when the input is known to have another encoding.
  void doubt() noexcept { doubted_ = true; }

  /// Call it with each row that the source returns, in order. Returns true for the first row that reveals the wrong
  /// encoding.
  bool judge(Record& record);

  /// Counts a row that will be sent.
  void count_sent(const Record& record) noexcept;
  /// Rows beyond ASCII that were sent before the wrong encoding was found.
  std::uint64_t sent_before() const noexcept { return sent_before_; }

 private:
  const Source& source_;
  bool assumed_;
  bool named_;
  bool doubted_ = false;
  std::uint64_t sent_before_ = 0;
};

/// The notice for the closing text of the run.
std::string encoding_notice(const Record& record, std::uint64_t sent_before);

}  // namespace amend
