#include "worker_machines.hpp"

#include <algorithm>

namespace amend {

WorkerMachines::WorkerMachines(WorkerSetup setup, std::function<void()> rows_came,
                               std::function<void(Connection&)> wake)
    : state(std::move(setup)),
      input(input_batches_max, std::move(rows_came)),
      connections(ReconnectPolicy(ReconnectPolicy::Use::on_demand), std::move(wake)),
      quarantine(state, connections),
      responses(state, connections, quarantine),
      dispatcher(state, connections, input) {}

void WorkerMachines::run(Clock::time_point now) {
  if (reconnects_ != state.control.reconnects()) {
    reconnects_ = state.control.reconnects();
    connections.reconnect();
  }
  connections.allow(connections_wanted());
  if (state.control.draining()) {
    drain(now);
  } else {
    quarantine.prove_overdue(now);
    dispatcher.dispatch(now);
  }
  dispatcher.show_held_customers();
  state.outcomes.push(state.ended);
  state.finished = state.input_drained && state.jobs.in_use() == 0;
}

WorkerMachines::Clock::time_point WorkerMachines::due() const noexcept {
  if (state.control.draining()) return drain_until_.value_or(Clock::time_point::max());
  return std::min(dispatcher.due(), quarantine.due());
}

std::uint32_t WorkerMachines::connections_wanted() const noexcept {
  const std::uint32_t all = state.control.connections();
  if (all == 0) return state.connections;
  return std::max(1U, all / state.workers + (state.index < all % state.workers ? 1 : 0));
}

// The run stops: no more requests are sent, and responses may come until the grace time is over. Rows dropped here have
// no record, so they are unsent, and sending them again is right.
void WorkerMachines::drain(Clock::time_point now) {
  if (!drain_until_) drain_until_ = now + state.config.deadline.grace;
  while (const auto batch = input.try_pop()) {
    for (std::uint32_t i = 0; i < batch->batch()->size(); ++i)
      state.rows_dropped += (*batch->batch())[i].body.size != 0;
  }
  state.input_drained = input.drained();
  dispatcher.drop_waiting();
  if (connections.in_flight() > 0) {
    if (now < drain_until_ && !state.control.stopping_now()) return;
    drain_until_ = Clock::time_point::max();
    connections.close_all();  // their last lot drops the rows
    return;
  }
  drain_until_ = Clock::time_point::max();
  quarantine.end_all(now);
  // The remaining rows wait for an earlier row of their customer.
  for (JobNumber n = 0; n < state.jobs.capacity(); ++n)
    if (state.jobs[n].row) state.drop(n);
}

}  // namespace amend
