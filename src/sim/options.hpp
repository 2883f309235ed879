// The command line of wonder-sim.
#pragma once

#include <optional>
#include <string>

#include "service.hpp"
#include "sim/net/server.hpp"

namespace amend::sim {

class Options {
 public:
  Options() = default;

  ServerRules server;
  ServiceRules service;
  std::string certificate;
  std::string key;
  std::string client_ca;
  bool plain = false;
  std::string public_key;
  std::string app_id;
  std::string seed;
  bool die_with_parent = false;
};

/// nullopt: the help was printed, or the options are wrong and an error was printed. `exit_code` is 0 or 2 then.
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace amend::sim
