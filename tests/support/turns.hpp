// What is to be quick, on a machine that may be busy.
#pragma once

#include <chrono>
#include <functional>

namespace test {

/// Whether `action` takes less than `most` in one of three turns: a busy machine takes long now and then, a defect
/// each time.
inline bool takes_less_than(std::chrono::steady_clock::duration most, const std::function<void()>& action) {
  for (int turn = 0; turn < 3; ++turn) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    if (std::chrono::steady_clock::now() - begin < most) return true;
  }
  return false;
}

}  // namespace test
