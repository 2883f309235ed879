#include "cli/monitor/control_request.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "amend/exposition.hpp"
#include "cli/option/units.hpp"
#include "row/closest_name.hpp"

namespace amend::cli {
namespace {

using Action = ControlRequest::Action;

constexpr std::string_view takes = "takes pause, resume, rate RATE, connections N, status or drain";

constexpr std::array<std::pair<std::string_view, Action>, 6> actions{{{"pause", Action::pause},
                                                                      {"resume", Action::resume},
                                                                      {"rate", Action::rate},
                                                                      {"connections", Action::connections},
                                                                      {"status", Action::status},
                                                                      {"drain", Action::drain}}};

bool takes_a_value(Action action) { return action == Action::rate || action == Action::connections; }

Action action_called(std::string_view name) {
  for (const auto& [spelling, action] : actions)
    if (name == spelling) return action;
  std::vector<std::string_view> names;
  for (const auto& [spelling, action] : actions) names.push_back(spelling);
  const std::string_view near = closest_name(name, names);
  const std::string meant = near.empty() ? std::string() : fmt::format(" (did you mean {}?)", near);
  throw ConfigError(fmt::format("control {}, got \"{}\"{}", takes, printable(name, 60), meant));
}

std::string rate_response(const RateSetting& rate) {
  const auto ns = rate.interval.count();
  return fmt::format("{{\"ok\":true,\"rate\":{},\"mode\":\"{}\"}}\n",
                     ns > 0 ? fmt::format("{:.6g}", 1e9 / static_cast<double>(ns)) : "null",
                     rate.mode == RateMode::adaptive ? "adaptive" : "fixed");
}

std::string paused_response(const Run& run) {
  return fmt::format("{{\"ok\":true,\"paused\":{}}}\n", run.state().paused);
}

std::string drain(Run& run) {
  run.drain();
  return "{\"ok\":true,\"stopping\":true}\n";
}

std::string carry_out(const ControlRequest& request, Run& run) {
  switch (request.action) {
    case Action::pause: run.pause(); return paused_response(run);
    case Action::resume: run.unpause(); return paused_response(run);
    case Action::rate: run.set_rate(request.rate); return rate_response(request.rate);
    case Action::connections:
      return fmt::format("{{\"ok\":true,\"connections\":{}}}\n", run.set_connections(request.connections));
    case Action::status: return "{\"ok\":true," + to_json(run.state()).substr(1);
    case Action::drain: return drain(run);
  }
  return control_refusal("not understood");
}

}  // namespace

ControlRequest parse_control_request(std::string_view line) {
  const auto space = line.find(' ');
  ControlRequest request(action_called(line.substr(0, space)));
  const bool has_value = space != std::string_view::npos;
  if (has_value != takes_a_value(request.action))
    throw ConfigError(fmt::format("control {}, got \"{}\"", takes, printable(line, 60)));
  if (!has_value) return request;
  const std::string value(line.substr(space + 1));
  if (request.action == Action::rate) {
    request.rate = parse_rate_setting("rate", value);
  } else {
    request.connections = static_cast<std::uint32_t>(parse_count("connections", value, 1, 256));
  }
  return request;
}

std::string respond_to_control(const ControlRequest& request, Run& run) {
  try {
    return carry_out(request, run);
  } catch (const ConfigError& error) {
    return control_refusal(error.what());
  }
}

std::string control_refusal(std::string_view error) {
  return fmt::format("{{\"ok\":false,\"error\":{}}}\n", boost::json::serialize(boost::json::string(printable(error))));
}

}  // namespace amend::cli
