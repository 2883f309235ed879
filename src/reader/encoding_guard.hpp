// Rows of an input that was not read before, and that turns out to be in another encoding on the way. Layer 2, reader
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "amend/reader/encoding_check.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// From the first row that shows it on, rows with characters beyond ASCII get the fault `input.encoding`: their letters
/// would be wrong ones. Rows of ASCII alone mean the same in each encoding.
class EncodingGuard {
 public:
  /// `source` outlives it. One whose bytes say what they are is never doubted.
  explicit EncodingGuard(const Source& source);

  /// Before the first row: the input is known to be in another encoding.
  void doubt() noexcept { doubted_ = true; }

  /// Each row that the source hands out, in its order. True: this row is the first that shows it.
  bool judge(Record& record);

  /// A row is to be sent.
  void count_sent(const Record& record) noexcept;
  /// Rows with characters beyond ASCII that were sent before it showed.
  std::uint64_t sent_before() const noexcept { return sent_before_; }

 private:
  const Source& source_;
  bool assumed_;
  bool named_;
  bool doubted_ = false;
  std::uint64_t sent_before_ = 0;
};

/// For the closing text of the run.
std::string encoding_notice(const Record& record, std::uint64_t sent_before);

}  // namespace amend
