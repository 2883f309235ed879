#include "pipeline/equip_worker.hpp"

#include "amend/wonder/routes.hpp"
#include "pipeline/resumption.hpp"

namespace amend {

void equip_worker(WorkerSetup& setup, std::uint32_t index, const Target& target, const Credentials& credentials) {
  const Config& config = setup.config;
  setup.index = index;
  setup.workers = worker_count(config.pace);
  setup.connections =
      config.pace.connections / setup.workers + (index < config.pace.connections % setup.workers ? 1 : 0);
  setup.transport = make_http1_transport(target, config.target, config.deadline, config.pace.pipeline,
                                         wonder::fixed_headers(config.version));
  setup.signer = make_signer(config.auth, credentials);
  setup.echo = EchoCall(target.path_prefix + config.target.echo_path);
}

}  // namespace amend
