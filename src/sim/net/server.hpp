// Listens, accepts, handles signals and outages, and writes the dumps. One io_context, one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/api/customer_store.hpp"
#include "sim/service.hpp"
#include "tls_engine.hpp"

namespace amend::sim {

class ServerRules {
 public:
  ServerRules() = default;

  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one; the first line of output names it
  std::size_t slow_bytes = 0;
  std::chrono::milliseconds max_runtime{3'600'000};
  /// From … to, counted from readiness: connections are closed and new ones refused.
  std::vector<std::pair<std::chrono::milliseconds, std::chrono::milliseconds>> outages;
  std::string request_log;  ///< empty: no log
  std::string dump_state;   ///< empty: no dump
};

/// Prints `listening https://ADDRESS:PORT` when ready. Returns after SIGINT, SIGTERM or `max_runtime`, with all files
/// written. SIGUSR1 writes the state dump and flushes the log. Without `tls`: plain HTTP.
///
/// Errors: throws std::runtime_error when it cannot listen or write.
void run_server(const ServerRules& rules, CustomerStore& store, Service& service, const std::optional<TlsContext>& tls);

}  // namespace amend::sim
