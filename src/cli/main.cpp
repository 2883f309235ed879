#include "cli/command/program.hpp"

int main(int argc, char** argv) {
  return amend::cli::run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
