// Whether a test may look at the system calls of a program.
#pragma once

#include <cstdio>
#include <filesystem>

#include "support/process.hpp"

namespace test {

inline constexpr auto tracer = "/usr/bin/strace";

inline bool can_trace() {
  if (std::filesystem::exists(tracer) && run({tracer, "-f", "-qq", "-o", "/dev/null", "/bin/true"}).code == 0)
    return true;
  std::puts("SKIPPED: strace is not installed, or may not trace here");
  return false;
}

}  // namespace test
