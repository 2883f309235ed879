// Errors as values.
//
// A row that fails has a `Reason`, which its `Outcome` carries. A wrong configuration is one `ConfigError`, thrown
// before the first request. A broken invariant ends the run with exit code 70.
//
// Source: layer 0, used by every stage. No I/O, no clocks.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace amend {

/// The side that decided that a row did not succeed. It is `"source"` in results.ndjson.
enum class Origin : std::uint8_t {
  api,            ///< the API refused the row in a complete response
  gateway,        ///< a proxy, firewall or login page responded instead of the API
  payment_token,  ///< the profile was updated, binding the card was not (src/wonder/README.md §1)
  transport,      ///< no usable response: connection, deadline, framing
  tls,            ///< the secure connection could not be established
  input,          ///< the row itself is bad; it was never sent
  run,            ///< a rule of the run (guard, superseded)
};

/// The spelling in results.ndjson: "api", "payment_token", ….
std::string_view to_string(Origin origin) noexcept;

/// The origin with this spelling; Origin::run for any other text.
Origin origin_named(std::string_view name) noexcept;

/// Whether the API may have this row's values although the row is not a success.
enum class Applied : std::uint8_t { no, maybe, yes };

/// The reason why a row did not fully succeed. Only such rows allocate one. `code` is the API's own string, or one of
/// amend's lower-case dotted words (see `own_codes`). `text` is for the operator: at most 300 bytes, control characters
/// escaped, without secrets and bodies.
struct Reason {
  Reason() = default;
  Reason(std::string code_, std::string text_, Origin origin_, std::uint32_t column_ = 0)
      : code(std::move(code_)), text(std::move(text_)), origin(origin_), column(column_) {}

  std::string code;
  std::string text;
  Origin origin = Origin::transport;
  std::uint32_t column = 0;  ///< of the input, from 1: the faulty cell; 0: the row as a whole
};

/// One of amend's own error codes, for the log, the documentation and `--help`.
struct OwnCode {
  std::string_view name;     ///< "input.phone.missing"; a name ending in ".*" is a family
  std::string_view meaning;  ///< one sentence
  std::string_view remedy;   ///< what to do, one sentence
};

/// All of amend's own codes, sorted. `amend explain` prints them.
std::span<const OwnCode> own_codes() noexcept;

/// The entry for `code`, families included (`http.418` is found as `http.*`). nullptr for a code of the API.
const OwnCode* find_own_code(std::string_view code) noexcept;

/// Cuts foreign text to `bytes_max` (at a UTF-8 boundary), and escapes control characters, direction marks and invalid
/// UTF-8. So neither a server nor a file can control the terminal.
std::string printable(std::string_view text, std::size_t bytes_max = 300);

/// The word for a POSIX shell: quoted ('it'\''s') when it needs quotes, otherwise unchanged.
std::string shell_quoted(std::string_view word);

/// The exit codes of the program. Scripts depend on them, so a code keeps its meaning.
enum class ExitCode : int {
  success = 0,
  some_rows_failed = 1,
  usage = 2,
  input = 3,
  stopped_resumable = 4,
  stopped_needs_operator = 5,
  not_durable = 6,
  run_directory_in_use = 7,
  broken_invariant = 70,
  interrupted = 130,
  terminated = 143,
};

/// A wrong configuration, found before anything was sent. `what()` names the option or the file, and the remedy.
/// `next()` is the complete command to type next, quoted for a shell and without secrets; empty: unknown.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(const std::string& message, ExitCode exit_code = ExitCode::usage, std::string next = {})
      : std::runtime_error(message), exit_code_(exit_code), next_(std::move(next)) {}
  ExitCode exit_code() const noexcept { return exit_code_; }
  const std::string& next() const noexcept { return next_; }

 private:
  ExitCode exit_code_;
  std::string next_;
};

/// The system refused a thread (RLIMIT_NPROC, the pids limit of a container, memory for stacks). `what()` names the
/// cause.
class ThreadError : public std::runtime_error {
 public:
  explicit ThreadError(std::string_view reason) : std::runtime_error("cannot start a thread: " + std::string(reason)) {}
};

/// The input failed as a whole: a read error, not a CSV at all, or changed while it was read.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace amend
