// The event loop of a thread's sessions. Layer 1.
#pragma once

#include <boost/asio/io_context.hpp>
#include <exception>

namespace amend {

/// Runs `loop` on this thread until it has no task left, then throws `failure` if it is set. `failure` is the exception
/// that ended a coroutine. It is a ThreadError when the system refused a thread for a name lookup.
void run_event_loop(boost::asio::io_context& loop, const std::exception_ptr& failure);

}  // namespace amend
