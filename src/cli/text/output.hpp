// The output of a command: data for operators and scripts on standard output, messages on standard error. Layer 5.
#pragma once

#include <chrono>
#include <string_view>

#include "amend/row/stop_cause.hpp"

namespace amend::cli {

/// How long the end of a run waits for a reader that stalls.
inline constexpr std::chrono::milliseconds patience_with_readers{2'000};

/// Writes to standard output immediately. A failure is recorded and does not stop the command, because a run is more
/// important than its output. The main thread only.
void print(std::string_view text) noexcept;
/// The same for the results of a run. After a stop it does not wait long for a reader that stalls.
void print_result(std::string_view text, StopCause stopped) noexcept;

/// Throws DurabilityError when some output could not be written. A reader that has left does not count.
void require_all_printed();

/// Starts a thread that writes the messages. Then a reader of standard error that stalls delays no stop, no deadline
/// and no end of a run. Without a thread from the system nothing changes. Call it before other threads print messages;
/// further calls have no effect.
void write_messages_aside();
/// Writes to standard error. Any thread.
void print_message(std::string_view text) noexcept;
/// The same for a line that the next one replaces: it is dropped while others wait.
void print_progress(std::string_view text) noexcept;
/// Waits at most `limit` for messages that are not written yet.
void drain_messages(std::chrono::milliseconds limit) noexcept;

}  // namespace amend::cli
