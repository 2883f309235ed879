#include "reporter/reporter.hpp"

namespace amend {

Reporter::Reporter(std::vector<std::unique_ptr<Sink>> sinks, OutcomeQueue& outcomes, RunControl& control,
                   Metrics& metrics, Commit commit, const Recovery& before, FailureLimit failure_limit)
    : sinks_(std::move(sinks)),
      outcomes_(outcomes),
      control_(control),
      metrics_(metrics),
      commit_(commit),
      failure_limit_(failure_limit),
      recorded_(before.recorded()),
      errors_(before.errors()) {
  for (std::size_t i = 0; i < status_count; ++i) {
    written_[i] = before.rows(static_cast<Status>(i));
    metrics_.count(static_cast<Status>(i), written_[i]);
  }
  durable_ = written_;
}

void Reporter::run() {
  std::vector<Outcome> batch;
  while (outcomes_.pop_all(batch, group_commit_interval)) {
    if (!batch.empty()) write(batch);
    batch.clear();
    look_at_failures();
    commit_if_due();
  }
  close();
}

void Reporter::write(std::vector<Outcome>& batch) {
  if (failed_) {
    rows_without_record_ += batch.size();
    return;
  }
  try {
    sinks_.front()->write(batch);
  } catch (const DurabilityError& error) {
    rows_without_record_ += batch.size();
    return fail(error);
  }
  rows_uncommitted_ += batch.size();
  for (const Outcome& outcome : batch) {
    if (!recorded_.insert(outcome.row->position.row)) ++rows_twice_;
    metrics_.count(outcome.status);
    ++written_[static_cast<std::size_t>(outcome.status)];
    const bool failed = outcome.status == Status::failed || outcome.status == Status::unknown;
    failed_rows_ += failed ? 1 : 0;
    sent_rows_ += failed || outcome.status == Status::success ? 1 : 0;
    errors_.record(outcome);
    const unsigned drift = outcome.remark ? outcome.remark->drift : 0;
    for (std::size_t i = 0; drift >> i != 0; ++i) drift_[i] += drift >> i & 1;
  }
  try {
    for (std::size_t i = 1; i < sinks_.size(); ++i) sinks_[i]->write(batch);
  } catch (const DurabilityError& error) {
    fail(error);
  }
}

void Reporter::look_at_failures() {
  if (failure_limit_.reached(failed_rows_, sent_rows_))
    control_.stop(StopCause::failures,
                  failure_limit_.describe(failed_rows_, sent_rows_) + control_.last_failure_clause());
}

bool Reporter::commit_is_due(std::chrono::steady_clock::time_point now) const noexcept {
  if (failed_ || rows_uncommitted_ == 0) return false;
  return commit_ == Commit::batch || rows_uncommitted_ >= group_commit_rows ||
         now - committed_at_ >= group_commit_interval;
}

void Reporter::commit_if_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!commit_is_due(now)) return;
  try {
    for (auto& sink : sinks_) sink->flush();
  } catch (const DurabilityError& error) {
    return fail(error);
  }
  durable_ = written_;
  rows_uncommitted_ = 0;
  committed_at_ = now;
}

void Reporter::close() {
  if (failed_) return;
  try {
    for (auto& sink : sinks_) sink->close();
    durable_ = written_;
  } catch (const DurabilityError& error) {
    fail(error);
  }
}

void Reporter::fail(const DurabilityError& error) {
  failed_ = true;
  const bool lost = dynamic_cast<const LogLostError*>(&error) != nullptr;
  control_.stop(lost ? StopCause::log_lost : StopCause::not_durable, error.what());
}

}  // namespace amend
