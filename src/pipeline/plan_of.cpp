#include "amend/pipeline.hpp"
#include "amend/reader/mapper.hpp"
#include "amend/reader/source.hpp"
#include "amend/transport/target.hpp"
#include "engine/sizing.hpp"

namespace amend {

Plan plan_of(const Config& config, const Source& source, const Mapper& mapper) {
  const Target target = parse_target(config.target);
  Plan plan;
  plan.format = source.format();
  plan.delimiter = source.delimiter();
  plan.encoding = source.encoding();
  plan.mapping = mapper.describe();
  plan.unknown_columns = mapper.unknown_columns();
  plan.input_bytes = source.bytes_total();
  plan.workers = worker_count(config.pace);
  plan.host = target.host + ":" + target.port;
  plan.loopback = target.loopback;
  return plan;
}

}  // namespace amend
