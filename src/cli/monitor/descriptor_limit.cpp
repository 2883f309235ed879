#include "cli/monitor/descriptor_limit.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <system_error>
#include <thread>

#include "amend/error.hpp"
#include "amend/run/sink.hpp"
#include "cli/option/command_table.hpp"

namespace amend::cli {
namespace {

constexpr rlim_t files = 20;        // standard streams, input, the run directory and its files, the control socket
constexpr rlim_t per_thread = 3;    // of its event loop
constexpr rlim_t per_endpoint = 8;  // its port, and some clients

bool opens_many(Command command) {
  const CommandEntry::Kind kind = entry_of(command).kind;
  return kind == CommandEntry::Kind::follows_run || (kind == CommandEntry::Kind::sends && command != Command::ping);
}

rlim_t needed_by(const Options& options) {
  const LoadConfig& load = options.config.load;
  const rlim_t threads = load.workers != 0 ? load.workers : std::max(1u, std::thread::hardware_concurrency());
  const rlim_t endpoints = (options.metrics_listen ? 1 : 0) + (options.dashboard ? 1 : 0);
  return files + per_thread * (threads + 1) + load.connections + per_endpoint * endpoints;
}

bool means_that(int error_number) noexcept { return error_number == EMFILE || error_number == ENFILE; }

}  // namespace

void require_descriptors(const Options& options) {
  rlimit limit{};
  if (!opens_many(options.command) || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t needed = needed_by(options);
  if (limit.rlim_cur >= needed) return;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  if (limit.rlim_cur == needed && ::setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
  throw ConfigError(fmt::format("the limit of open files is {}, and this command needs up to {}: nothing was sent; {}",
                                limit.rlim_max, needed, descriptor_remedy),
                    ExitCode::stopped_resumable);
}

bool lacks_descriptors(const std::exception& error) noexcept {
  if (const auto* of_system = dynamic_cast<const std::system_error*>(&error))
    return means_that(of_system->code().value());
  if (const auto* of_boost = dynamic_cast<const boost::system::system_error*>(&error))
    return means_that(of_boost->code().value());
  const auto* durability = dynamic_cast<const DurabilityError*>(&error);
  return durability && means_that(durability->error_number());
}

}  // namespace amend::cli
