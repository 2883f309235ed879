#include "cli/command/control.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

#include "amend/run/run_directory.hpp"
#include "cli/monitor/control_address.hpp"
#include "cli/text/control_text.hpp"
#include "cli/text/output.hpp"
#include "cli/text/progress.hpp"
#include "row/shell_path.hpp"
#include "run/json_reading.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t response_bytes_max = 64 * 1024;
constexpr time_t response_seconds_max = 10;
constexpr std::chrono::seconds watch_period{1};

/// No run is active in the directory. For the first request it is an error, for `--watch` the end.
class NobodyThere : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

std::string message_of(int error_number) { return std::generic_category().message(error_number); }

[[noreturn]] void nobody_there(const std::string& run) {
  std::error_code error;
  const std::string name = printable(run);
  if (!std::filesystem::exists(run + "/run.json", error)) {
    const ConfigError missing = no_run_in(run);
    throw NobodyThere(missing.what(), missing.exit_code(), missing.next());
  }
  const std::string status = "amend status " + shell_path(run);
  if (RunDirectory::is_held(run))
    throw NobodyThere(
        name + ": the run is starting, comparing or ending and does not accept commands now. Wait, then try again",
        ExitCode::usage, status);
  throw NobodyThere(fmt::format("{}: this run is not running now; `{}` shows how it ended", name, status),
                    ExitCode::usage, status);
}

class Connection {
 public:
  explicit Connection(const std::string& run) : run_(run) {
    if (descriptor_ < 0) fail("cannot make a socket", errno);
    // For connect() too, because a stopped run (Ctrl-Z) accepts no connection.
    const timeval limit{response_seconds_max, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~Connection() { ::close(descriptor_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void open() const {
    std::optional<ControlAddress> address;
    try {
      address.emplace(run_);
    } catch (const std::system_error&) {
      nobody_there(run_);
    }
    const sockaddr_un name = address->value(control_name);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) return;
    if (errno == ENOENT || errno == ECONNREFUSED) nobody_there(run_);
    fail("cannot reach the run", errno);
  }

  void send(std::string_view line) const {
    while (!line.empty()) {
      const ssize_t sent = ::send(descriptor_, line.data(), line.size(), MSG_NOSIGNAL);
      if (sent < 0) return;  // a run that refuses has already responded
      line.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  std::string receive() const {
    std::string response;
    char piece[4096];
    while (response.size() < response_bytes_max) {
      const ssize_t received = ::recv(descriptor_, piece, sizeof piece, 0);
      if (received == 0 || (received < 0 && errno == ECONNRESET)) break;
      if (received < 0) fail("does not answer", errno);
      response.append(piece, static_cast<std::size_t>(received));
      if (response.ends_with('\n')) return response.substr(0, response.size() - 1);
    }
    nobody_there(run_);  // the run ended before it responded
  }

 private:
  [[noreturn]] void fail(std::string_view what, int error_number) const {
    if (error_number == EAGAIN || error_number == EINPROGRESS)
      throw ConfigError(fmt::format("{}: the run did not respond within 10 s. Check that its process is not suspended",
                                    printable(run_)));
    throw ConfigError(fmt::format("{}: {}: {}", printable(run_), what, message_of(error_number)));
  }

  const std::string& run_;
  const int descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

// The response as a value. Throws what the run refuses.
json::object understood(const std::string& run, const std::string& response) {
  json::object object = object_in(response);
  const json::value* ok = object.if_contains("ok");
  if (!ok || !ok->is_bool())
    throw ConfigError(
        fmt::format("{}: amend cannot read the response of the running process. Check that the run and this command "
                    "have the same version of amend",
                    printable(run)));
  if (ok->get_bool()) return object;
  const std::string why = printable(text_in(object, "error"));
  throw ConfigError(fmt::format("{}: the run refuses: {}", printable(run), why.empty() ? "without a reason" : why));
}

// Shows one state after the other; on a terminal each replaces the previous one.
class StatusView {
 public:
  explicit StatusView(const Options& options) : options_(options), redraw_(!options.json && ::isatty(STDOUT_FILENO)) {}

  void show() {
    const std::string response = ask_run(options_.run, options_.control);
    const json::object state = understood(options_.run, response);
    if (options_.json) {
      print(response + "\n");
    } else if (!options_.quiet) {
      show_text(above() + state_text(state, rate(state)));
    }
  }

 private:
  // The rate of the last seconds if known, otherwise since the start.
  double rate(const json::object& state) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const double of_late = meter_.update(rows_begun(state), std::chrono::duration_cast<std::chrono::milliseconds>(now));
    return ++shown_ > 1 ? of_late : average_rate(state);
  }

  // Moves back over the last output and clears it.
  std::string above() const { return redraw_ && lines_ > 0 ? fmt::format("\x1b[{}A\x1b[J", lines_) : ""; }

  void show_text(const std::string& text) {
    print(text);
    lines_ = std::ranges::count(text, '\n');
  }

  const Options& options_;
  const bool redraw_;
  RateMeter meter_;
  int shown_ = 0;
  std::ptrdiff_t lines_ = 0;
};

ExitCode show_status(const Options& options) {
  StatusView view(options);
  view.show();
  if (!options.watch) return ExitCode::success;
  try {
    for (;;) {
      std::this_thread::sleep_for(watch_period);
      view.show();
    }
  } catch (const NobodyThere&) {
    return ExitCode::success;  // the run has ended
  }
}

}  // namespace

std::string ask_run(const std::string& run, const std::string& request) {
  const Connection connection(run);
  connection.open();
  connection.send(request + "\n");
  return connection.receive();
}

ExitCode run_control(const Options& options) {
  if (options.control == "status") return show_status(options);
  const std::string response = ask_run(options.run, options.control);
  const json::object done = understood(options.run, response);
  if (options.json) {
    print(response + "\n");
  } else if (!options.quiet) {
    print(done_text(done) + "\n");
  }
  return ExitCode::success;
}

}  // namespace amend::cli
