// What a person asks of a run that goes on, as a line of text and as a value; and what the run answers. Layer 5.
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
  RateSetting rate;               ///< of Action::rate
  std::uint32_t connections = 0;  ///< of Action::connections
};

/// "pause", "resume", "rate 50/s", "connections 8", "status", "drain": words with one space between. Throws ConfigError
/// naming what it takes.
ControlRequest parse_control_request(std::string_view line);

/// Does it, and says so in one JSON object and a line end. Any thread, while the run goes on.
/// - pause, resume: {"ok":true,"paused":…}
/// - rate: {"ok":true,"rate":requests a second or null,"mode":"fixed" or "adaptive"}
/// - connections: {"ok":true,"connections":how many came of it}
/// - status: {"ok":true, and the members of to_json(RunState)}
/// - drain: {"ok":true,"stopping":true}; a run that stops already goes on stopping as before
/// - what the run refuses: as `control_refusal`
std::string answer_control(const ControlRequest& request, Run& run);

/// {"ok":false,"error":"…"} and a line end.
std::string control_refusal(std::string_view error);

}  // namespace amend::cli
