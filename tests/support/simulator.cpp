#include "simulator.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace test {
namespace {

bool has(const std::vector<std::string>& options, const std::string& name) {
  return std::ranges::find(options, name) != options.end();
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

const std::string& certificates() {
  // Made once for several programs (tests/CMakeLists.txt), or here.
  const char* const made = std::getenv("AMEND_TEST_CERTIFICATES");
  static const std::string given = made ? made : "";
  if (!given.empty()) return given;
  static const TempDir dir;
  static const bool complete = [] {
    const auto finished = run({AMEND_CERTIFICATES, dir.path(), "--refused"});
    if (finished.code != 0) throw std::runtime_error("no certificates: " + finished.err);
    return true;
  }();
  static_cast<void>(complete);
  return dir.path();
}

Simulator::Simulator(std::vector<std::string> options) {
  std::vector<std::string> command{AMEND_SIMULATOR,     "--port",        "0",           "--max-runtime", "15m",
                                   "--die-with-parent", "--request-log", request_log(), "--dump-state",  state()};
  const std::string keys = certificates();
  if (!has(options, "--plain") && !has(options, "--cert"))
    append(command, {"--cert", keys + "/server.pem", "--key", keys + "/server.key"});
  if (!has(options, "--seed")) command.emplace_back("--accept-any-id");
  append(command, options);
  process_ = std::make_unique<Process>(command, dir_.file("out"), dir_.file("err"));
  const auto line = wait_for_line(dir_.file("out"), "listening ", Process::Seconds(30));
  if (!line) throw std::runtime_error("wonder-sim did not start: " + read_file(dir_.file("err")));
  url_ = line->substr(std::string("listening ").size());
}

void Simulator::write_down() {
  std::filesystem::remove(state());
  process_->signal(SIGUSR1);
  if (!wait_until([this] { return std::filesystem::exists(state()); }, Process::Seconds(20)))
    throw std::runtime_error("the simulator has not written its state down");
}

void Simulator::stop() {
  process_->signal(SIGTERM);
  const auto code = process_->wait(Process::Seconds(60));
  if (code != 0) throw std::runtime_error("wonder-sim did not end well: " + read_file(dir_.file("err")));
}

std::vector<std::string> update_command(const std::string& url, const std::string& file, const std::string& run,
                                        std::vector<std::string> options) {
  std::vector<std::string> command{AMEND_PROGRAM, "update", file, "--url", url, "--run", run, "--progress", "none"};
  if (url.starts_with("https")) append(command, {"--ca-file", certificates() + "/ca.pem"});
  if (!has(options, "--auth")) append(command, {"--auth", "none"});
  append(command, options);
  return command;
}

std::vector<std::string> signing_options() {
  return {"--auth", "wonder", "--app-id", app_id, "--private-key", certificates() + "/app.key"};
}

std::vector<std::string> verifying_options() {
  return {"--public-key", certificates() + "/app.pub", "--app-id", app_id};
}

}  // namespace test
