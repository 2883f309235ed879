// The loop that a thread's sessions live in. Layer 1.
#pragma once

#include <boost/asio/io_context.hpp>
#include <exception>

namespace amend {

/// Runs `loop` on this thread until nothing is left to do in it, then throws what `failure` holds, if anything: what
/// its coroutines have ended with, ThreadError when the system gives no thread to look a host's name up on.
void run_event_loop(boost::asio::io_context& loop, const std::exception_ptr& failure);

}  // namespace amend
