// A window on the bytes of an input: what was read and is not consumed yet. Layer 2, reader thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "amend/reader/source.hpp"

namespace amend {

/// Memory: 256 KiB.
class ByteFeed {
 public:
  explicit ByteFeed(std::unique_ptr<ByteInput> input);

  /// Read and not consumed. Parsers advance it in place.
  std::string_view& rest() noexcept { return rest_; }

  /// When nothing is left: reads once, blocking. False at the end of the input; not read any more then.
  bool refill();

  /// Reads until `bytes` are at hand, or the input ends; at most the buffer's size. For looking at the start of the
  /// input.
  void require(std::size_t bytes);

  /// refill() would not block.
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
