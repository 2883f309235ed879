#include "engine/watch_run.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "transport/stop_cause.hpp"

namespace amend {
namespace {

// While rows wait for their retries, attempts are rare. So this check ends a run that never got a response, without
// waiting for the next attempt. Later an attempt decides, because the API itself may ask the run to wait.
bool stop_when_never_reached(const AdmissionControl& admission, RunControl& control,
                             std::chrono::steady_clock::time_point now) {
  const auto since = admission.unreachable_for(now);
  if (since.count() <= 0 || control.ever_answered()) return false;
  const auto trouble = admission.connections().view(now);
  if (!trouble.present || since < trouble.patience) return false;
  control.stop(stop_cause_of(trouble.error), trouble.text);
  return true;
}

}  // namespace

void watch_run(RunWatch run_watch, const Metrics& metrics, AdmissionControl& admission, RunControl& control,
               const std::stop_token& over) {
  std::mutex mutex;
  std::condition_variable_any asleep;
  std::unique_lock lock(mutex);
  while (!over.stop_requested() && !control.draining()) {
    RunProgress progress = progress_of(metrics);
    progress.interval = admission.rate().in_force().interval;
    progress.held_until = std::max(progress.held_until, admission.waits_until());
    if (admission.paused()) progress.held_until = std::chrono::steady_clock::time_point::max();
    switch (run_watch.look(progress, std::chrono::steady_clock::now())) {
      case RunWatch::Decision::keep_running: break;
      case RunWatch::Decision::past_deadline:
        return control.stop(StopCause::deadline, "the --deadline has passed" + control.last_failure_clause());
      case RunWatch::Decision::reconnect:
        control.notice(run_watch.describe_stall(progress) + "; connecting again" + control.last_failure_clause());
        control.reconnect();
        break;
      case RunWatch::Decision::stalled:
        return control.stop(StopCause::stalled, run_watch.describe_stall(progress) + control.last_failure_clause());
    }
    if (stop_when_never_reached(admission, control, std::chrono::steady_clock::now())) return;
    asleep.wait_for(lock, over, run_watch_interval, [] { return false; });
  }
}

}  // namespace amend
