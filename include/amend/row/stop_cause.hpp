// The reasons why a run may end before its input. Layer 0.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "amend/error.hpp"

namespace amend {

/// The first cause decides the exit code and the summary's text. A defect, or a log that cannot be written, replaces
/// it.
enum class StopCause : std::uint8_t {
  none,
  interrupted,   ///< SIGINT → 130
  terminated,    ///< SIGTERM → 143
  drained,       ///< an operator asked for it (`amend control RUN drain`) → 4
  outage,        ///< no connection could be made for too long → 4
  deadline,      ///< --deadline is over → 4
  failures,      ///< --max-failures is reached → 4
  stalled,       ///< nothing happened for too long → 4
  no_threads,    ///< the system refused a thread for a stage or for a name lookup → 4
  credentials,   ///< the API refuses the credentials → 5
  gateway,       ///< a proxy, firewall or login page responds, or refuses, instead of the API → 5
  tls,           ///< the server's certificate or name was refused → 5
  wrong_host,    ///< the host's name does not exist → 5
  guard,         ///< a reference_number did not match → 5
  strict,        ///< --strict and a rejected row → 3
  input_failed,  ///< a read error, or the input changed while it was read → 3
  not_durable,   ///< results could not be written → 6
  log_lost,      ///< results.ndjson was deleted, moved, replaced or cut while it was written → 6
  defect,        ///< a broken invariant of ours → 70
};

inline constexpr std::array<std::pair<std::string_view, StopCause>, 19> stop_cause_spellings{
    {{"none", StopCause::none},
     {"interrupted", StopCause::interrupted},
     {"terminated", StopCause::terminated},
     {"drained", StopCause::drained},
     {"outage", StopCause::outage},
     {"deadline", StopCause::deadline},
     {"failures", StopCause::failures},
     {"stalled", StopCause::stalled},
     {"no_threads", StopCause::no_threads},
     {"credentials", StopCause::credentials},
     {"gateway", StopCause::gateway},
     {"tls", StopCause::tls},
     {"wrong_host", StopCause::wrong_host},
     {"guard", StopCause::guard},
     {"strict", StopCause::strict},
     {"input_failed", StopCause::input_failed},
     {"not_durable", StopCause::not_durable},
     {"log_lost", StopCause::log_lost},
     {"defect", StopCause::defect}}};

/// The spelling in summary.json.
constexpr std::string_view to_string(StopCause cause) noexcept {
  for (const auto& [spelling, spelt] : stop_cause_spellings)
    if (spelt == cause) return spelling;
  return {};
}

/// The cause with this spelling; none for any other text.
constexpr StopCause stop_cause_named(std::string_view name) noexcept {
  for (const auto& [spelling, spelt] : stop_cause_spellings)
    if (spelling == name) return spelt;
  return StopCause::none;
}

constexpr ExitCode exit_code(StopCause cause) noexcept {
  switch (cause) {
    case StopCause::none: return ExitCode::success;
    case StopCause::interrupted: return ExitCode::interrupted;
    case StopCause::terminated: return ExitCode::terminated;
    case StopCause::drained:
    case StopCause::outage:
    case StopCause::deadline:
    case StopCause::failures:
    case StopCause::stalled:
    case StopCause::no_threads: return ExitCode::stopped_resumable;
    case StopCause::credentials:
    case StopCause::gateway:
    case StopCause::tls:
    case StopCause::wrong_host:
    case StopCause::guard: return ExitCode::stopped_needs_operator;
    case StopCause::strict:
    case StopCause::input_failed: return ExitCode::input;
    case StopCause::not_durable:
    case StopCause::log_lost: return ExitCode::not_durable;
    case StopCause::defect: return ExitCode::broken_invariant;
  }
  return ExitCode::broken_invariant;
}

}  // namespace amend
