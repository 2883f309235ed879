// `amend`: reads the command line, runs one command, and turns what it threw into one line and an exit code. Layer 5.
#pragma once

#include <string>
#include <vector>

namespace amend::cli {

/// Once a process, on its first thread: sets how it takes signals, and prints. The result: its exit code.
int run_program(const std::vector<std::string>& arguments);

}  // namespace amend::cli
