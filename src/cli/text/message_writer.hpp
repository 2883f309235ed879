// Writes messages to the operator on a thread of its own, so that a reader that stalls blocks only that thread. Layer
// 5.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace amend::cli {

/// Writes to one descriptor.
///
/// Threads: every call from any thread. Only drain() blocks, for at most the given time.
/// Errors: a descriptor that cannot be written to accepts all messages and shows none.
/// Bounds: `bytes_max` may wait. Further messages are dropped, and their count is written in their place.
/// Lifetime: a write that hangs outlives the object and is not awaited. The descriptor must stay open.
class MessageWriter {
 public:
  static constexpr std::size_t default_bytes_max = 64 * 1024;

  /// Throws ThreadError.
  explicit MessageWriter(int descriptor, std::size_t bytes_max = default_bytes_max);
  ~MessageWriter();
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  /// Writes the whole text or, without room, none of it.
  void write(std::string_view text);
  /// Writes only when no message waits: for a line that the next one replaces.
  void write_if_idle(std::string_view text);
  /// Returns true when everything is written, false when the time is over.
  bool drain(std::chrono::milliseconds limit);

 private:
  class Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace amend::cli
