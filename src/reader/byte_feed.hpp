// A window on the bytes of an input: those that were read and not yet consumed.
//
// Threads: the reader thread. Source: layer 2.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "amend/reader/source.hpp"

namespace amend {

/// Buffers the bytes of a ByteInput.
///
/// Bounds: 256 KiB.
class ByteFeed {
 public:
  explicit ByteFeed(std::unique_ptr<ByteInput> input);

  /// The bytes that were read and not consumed. Parsers advance it in place.
  std::string_view& rest() noexcept { return rest_; }

  /// Reads once, blocking, when the window is empty. Returns false at the end of the input, and does not read after it.
  bool refill();

  /// Reads until the window has `bytes`, or the input ends. The buffer's size is the maximum. Callers examine the start
  /// of the input with it.
  void require(std::size_t bytes);

  /// Whether refill() would return without blocking.
  bool ready() { return at_end_ || input_->ready(); }
  bool wait(std::chrono::milliseconds timeout) { return at_end_ || input_->wait(timeout); }

  std::uint64_t bytes_total() const { return input_->bytes_total(); }
  std::optional<std::uint64_t> raw_bytes_read() const { return input_->raw_bytes_read(); }
  bool is_utf8_after_all() const { return input_->is_utf8_after_all(); }
  std::optional<ContentRead> content_read() const { return input_->content_read(); }

 private:
  std::unique_ptr<ByteInput> input_;
  std::vector<char> buffer_;
  std::string_view rest_;
  bool at_end_ = false;
};

}  // namespace amend
