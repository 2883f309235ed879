// Messages to an operator, written by a thread of their own: a reader that stands still holds up that thread only.
// Layer 5.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace amend::cli {

/// Threads: every call from any thread; none blocks, except drain(), for at most the given time.
/// Bounds: `bytes_max` that wait to be written; what comes then is dropped, and its count is written in its place.
/// Errors: a descriptor that cannot be written to takes everything and shows nothing.
/// Lifetime: a write that hangs outlives the object and is not waited for. The descriptor must stay open.
class MessageWriter {
 public:
  static constexpr std::size_t default_bytes_max = 64 * 1024;

  /// Throws ThreadError.
  explicit MessageWriter(int descriptor, std::size_t bytes_max = default_bytes_max);
  ~MessageWriter();
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  /// All of it or, when there is no room, nothing.
  void write(std::string_view text);
  /// Only when nothing waits: for a line that the next one replaces.
  void write_if_idle(std::string_view text);
  /// True: everything is written. False: the time is over.
  bool drain(std::chrono::milliseconds limit);

 private:
  class Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace amend::cli
