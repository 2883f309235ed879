#include "cli/run_snapshot.hpp"

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

Snapshot take_snapshot(const Pipeline& pipeline, std::uint64_t rows_limit) {
  const Metrics& metrics = pipeline.metrics();
  Snapshot out;
  out.rows_read = metrics.rows_read.value();
  out.rows_done = metrics.rows_ended();
  out.rows_limit = rows_limit;
  out.bytes_read = metrics.bytes_read.value();
  out.bytes_total = metrics.bytes_total.value();
  out.retries = metrics.retries.value();
  out.failures = metrics.rows(Status::failed) + metrics.rows(Status::unknown) + metrics.rows(Status::rejected);
  out.in_flight = metrics.in_flight.value();
  out.customers_held = metrics.customers_held.value();
  out.paused_by_person = pipeline.paused();
  out.paused = time_until(metrics.throttled_until());
  const ConnectionState connection = pipeline.connection();
  if (connection.in_trouble) out.trouble = connection.text;
  out.trouble_lasted = std::chrono::floor<milliseconds>(connection.lasted);
  out.trouble_limit = connection.gives_up_after;
  out.next_probe = time_until(metrics.probe_at());
  return out;
}

}  // namespace amend::cli
