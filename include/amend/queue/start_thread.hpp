// A new thread, or one clear error. Layer 2; thread-safe.
//
// How many threads there may be is the system's to say. Whoever starts several must be ready to end those that have begun
// already.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

#include "amend/error.hpp"

namespace amend {

/// Owned by the caller; joined when it goes. `body` is what std::jthread takes, and may not throw. Throws ThreadError.
template <class Body>
std::jthread start_thread(Body body) {
  try {
    return std::jthread(std::move(body));
  } catch (const std::system_error& error) {
    throw ThreadError(error.code().message());
  }
}

}  // namespace amend
