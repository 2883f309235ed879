// Starts a thread, or reports one clear error.
//
// The system limits the number of threads. A caller that starts several must be able to end those that already run.
//
// Threads: thread-safe. Source: layer 2.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

#include "amend/error.hpp"

namespace amend {

/// Starts `body`, which is an argument for std::jthread and must not throw. The caller owns the thread, which is joined
/// at the end of its life.
///
/// Errors: throws ThreadError.
template <class Body>
std::jthread start_thread(Body body) {
  try {
    return std::jthread(std::move(body));
  } catch (const std::system_error& error) {
    throw ThreadError(error.code().message());
  }
}

}  // namespace amend
