#include "amend/run_state.hpp"

namespace amend {

std::string_view to_string(PacedBy paced_by) noexcept {
  switch (paced_by) {
    case PacedBy::option: return "option";
    case PacedBy::adaptive: return "adaptive";
    case PacedBy::server: return "server";
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
