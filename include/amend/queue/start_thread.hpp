// A new thread, or one clear error. Layer 2; thread-safe.
//
// How many threads there may be is the system's to say (RLIMIT_NPROC, the pids limit of a container, memory for their
// stacks). Whoever starts several must be ready to end those that have begun already.
#pragma once

#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace amend {

/// The system gives no thread. `what()` says so, with the system's reason.
class ThreadError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Owned by the caller; joined when it goes. `body` is what std::jthread takes, and may not throw. Throws ThreadError.
template <class Body>
std::jthread start_thread(Body body) {
  try {
    return std::jthread(std::move(body));
  } catch (const std::system_error& error) {
    throw ThreadError("cannot start a thread: " + error.code().message());
  }
}

}  // namespace amend
