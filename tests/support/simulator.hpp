// wonder-sim as a child process, and the throw-away keys and certificates it needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "process.hpp"

namespace test {

inline constexpr auto app_id = "0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44";

/// The directory with app.key, app.pub, ca.pem, server.pem, server.key and those a client must refuse; made once.
const std::string& certificates();

/// A running simulator. Its request log and its final state are complete after stop().
class Simulator {
 public:
  /// `options`: further options. Https with the throw-away certificate unless --plain or --cert is among them;
  /// any customer id is accepted unless --seed is among them.
  explicit Simulator(std::vector<std::string> options = {});

  const std::string& url() const { return url_; }
  std::string port() const { return url_.substr(url_.rfind(':') + 1); }
  void stop();
  /// Makes its request log and its state complete up to now.
  void write_down();
  std::string request_log() const { return dir_.file("requests.ndjson"); }
  std::string state() const { return dir_.file("state.ndjson"); }

 private:
  TempDir dir_;
  std::unique_ptr<Process> process_;
  std::string url_;
};

/// `amend update` with what reaches `url`: unsigned unless `--auth wonder` is among the options.
std::vector<std::string> update_command(const std::string& url, const std::string& file, const std::string& run,
                                        std::vector<std::string> options = {});

/// The options that sign with the throw-away key; and those that make the simulator check it.
std::vector<std::string> signing_options();
std::vector<std::string> verifying_options();

}  // namespace test
