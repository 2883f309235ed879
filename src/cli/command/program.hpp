// `amend`: reads the command line, runs one command, and turns its exception into one line and an exit code. Layer 5.
#pragma once

#include <string>
#include <vector>

namespace amend::cli {

/// Returns the exit code. Call it once per process, on the first thread: it sets the signal handling, and prints.
int run_program(const std::vector<std::string>& arguments);

}  // namespace amend::cli
