#include "report/summary_in_picture.hpp"

namespace amend::report {
namespace {

void add_latency(RunPicture& picture, std::string name, std::string of, const Latency& latency) {
  if (latency.max.count() > 0) picture.latencies.emplace_back(std::move(name), std::move(of), latency);
}

}  // namespace

void take(RunPicture& picture, const Summary& summary) {
  picture.exit_code = static_cast<int>(summary.exit_code);
  picture.stop_reason = summary.stop_reason;
  picture.unsent = summary.unsent;
  picture.overtaken = summary.overtaken;
  picture.requests = {{"attempts", summary.attempts},       {"retries", summary.retries},
                      {"requeues", summary.requeues},       {"throttled", summary.throttled},
                      {"connections", summary.connections}, {"handshakes_failed", summary.handshakes_failed}};
  add_latency(picture, "service", service_of(picture), summary.service);
  add_latency(picture, "queued", queued_of(picture), summary.queued);
}

}  // namespace amend::report
