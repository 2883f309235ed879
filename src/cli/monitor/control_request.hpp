// The requests that an operator sends to an active run, as a line of text and as a value, and the responses of the run.
// Layer 5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/run.hpp"

namespace amend::cli {

class ControlRequest {
 public:
  enum class Action : std::uint8_t { pause, resume, rate, connections, status, drain };

  explicit ControlRequest(Action action_) noexcept : action(action_) {}

  Action action;
  RateSetting rate;               ///< for Action::rate
  std::uint32_t connections = 0;  ///< for Action::connections
};

/// Parses "pause", "resume", "rate 50/s", "connections 8", "status", "drain": words with one space between. Throws
/// ConfigError, which lists the valid forms.
ControlRequest parse_control_request(std::string_view line);

/// Executes the request and returns its result as one JSON object and a line end. Any thread, while the run is active.
/// - pause, resume: {"ok":true,"paused":…}
/// - rate: {"ok":true,"rate":requests per second or null,"mode":"fixed" or "adaptive"}
/// - connections: {"ok":true,"connections":the resulting number}
/// - status: {"ok":true, and the members of to_json(RunState)}
/// - drain: {"ok":true,"stopping":true}; a run that stops already goes on stopping as before
/// - what the run refuses: as `control_refusal`
std::string respond_to_control(const ControlRequest& request, Run& run);

/// {"ok":false,"error":"…"} and a line end.
std::string control_refusal(std::string_view error);

}  // namespace amend::cli
