// What a command prints: data for operators and scripts on standard output, messages on standard error. Layer 5.
#pragma once

#include <chrono>
#include <string_view>

#include "amend/row/stop_cause.hpp"

namespace amend::cli {

/// How long the end of a run waits for a reader that stands still.
inline constexpr std::chrono::milliseconds patience_with_readers{2'000};

/// To standard output, at once. What fails is remembered and does not stop the command: a run is worth more than what
/// is printed of it. The main thread only.
void print(std::string_view text) noexcept;
/// The same for what has come of a run. After a stop nothing waits long for a reader that stands still.
void print_result(std::string_view text, StopCause stopped) noexcept;

/// Throws DurabilityError when not all that was printed could be written. A reader that has left does not count.
void require_all_printed();

/// From here on messages are written by a thread of their own, so that a reader of standard error that stands still
/// holds up neither a stop nor a deadline nor the end of a run. Where the system gives no thread all stays as it was.
/// Call it before other threads print messages; a further call changes nothing.
void write_messages_aside();
/// To standard error. Any thread.
void print_message(std::string_view text) noexcept;
/// The same for a line that the next one replaces: it is left out while others wait.
void print_progress(std::string_view text) noexcept;
/// Waits for messages that are not written yet, `limit` at most.
void drain_messages(std::chrono::milliseconds limit) noexcept;

}  // namespace amend::cli
