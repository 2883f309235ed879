#include "amend/run_state.hpp"

namespace amend {

std::string_view to_string(RateSource rate_source) noexcept {
  switch (rate_source) {
    case RateSource::option: return "option";
    case RateSource::adaptive: return "adaptive";
    case RateSource::server: return "server";
  }
  return "option";
}

std::string_view to_string(CircuitState state) noexcept {
  switch (state) {
    case CircuitState::closed: return "closed";
    case CircuitState::open: return "open";
    case CircuitState::half_open: return "half_open";
  }
  return "closed";
}

}  // namespace amend
