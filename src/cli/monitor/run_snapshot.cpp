#include "cli/monitor/run_snapshot.hpp"

#include <algorithm>
#include <chrono>

namespace amend::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds time_until(steady_clock::time_point when) {
  return std::max(std::chrono::ceil<milliseconds>(when - steady_clock::now()), milliseconds(0));
}

}  // namespace

Snapshot take_snapshot(const Run& run) {
  const RunState state = run.state();
  Snapshot out;
  out.rows_read = state.rows_read;
  out.rows_done = state.rows_ended();
  out.rows_limit = state.rows_limit;
  out.bytes_read = state.bytes_read;
  out.bytes_total = state.bytes_total;
  out.retries = state.retries;
  out.failures = state.rows(Status::failed) + state.rows(Status::unknown) + state.rows(Status::rejected);
  out.in_flight = state.in_flight;
  out.customers_held = state.customers_held;
  out.paused_by_person = state.paused;
  out.paused = time_until(run.metrics().throttled_until());
  if (state.connection.in_trouble) out.trouble = state.connection.text;
  out.trouble_lasted = std::chrono::floor<milliseconds>(state.connection.lasted);
  out.trouble_limit = state.connection.gives_up_after;
  out.next_probe = time_until(run.metrics().probe_at());
  return out;
}

}  // namespace amend::cli
