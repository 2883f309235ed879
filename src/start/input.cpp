#include <utility>

#include "amend/error.hpp"
#include "engine/sizing.hpp"
#include "run/input_identity.hpp"
#include "start/input_parts.hpp"
#include "transport/transport.hpp"

namespace amend {
namespace {

const Config& require_valid(const Config& config) {
  validate(config);
  require_second_reading(config.input);
  return config;
}

// An unusable certificate or key is reported before anything else is read or requested.
void require_connection(const Config& config, const Credentials& credentials, const Target& target) {
  make_http1_transport(target, config.target, config.deadline, config.load.pipeline, {});
  make_signer(config.auth, credentials);
}

}  // namespace

Plan plan_of(const Config& config, const Source& source, const Mapper& mapper) {
  const Target target = parse_target(config.target);
  Plan plan;
  plan.format = source.format();
  plan.delimiter = source.delimiter();
  plan.encoding = source.encoding();
  plan.mapping = mapper.describe();
  plan.unknown_columns = mapper.unknown_columns();
  plan.input_bytes = source.bytes_total();
  plan.workers = worker_count(config.load);
  plan.host = target.host + ":" + target.port;
  plan.loopback = target.loopback;
  return plan;
}

Input::Parts::Parts(const Config& config_, Credentials credentials_)
    : config(require_valid(config_)),
      credentials(std::move(credentials_)),
      target(parse_target(config.target)),
      file(config.input.file),
      source(open_source(file, config.input)),
      mapper(config.mapping, source->format(), source->header()),
      plan(plan_of(config, *source, mapper)),
      identity(identify(config, *source)) {
  require_connection(config, credentials, target);
}

CheckReport Input::Parts::check(const std::atomic<bool>& stop) {
  if (identity.inode == 0)
    throw ConfigError(
        "the input is not a regular file, so amend cannot check it before the run. Save the input as a file",
        ExitCode::input);
  CheckReport report = check_input(file, config.input, config.mapping, stop);
  content = report.content;
  require_same_file();
  hidden = report.hidden;
  encoding_is_doubtful = report.encoding_trouble.has_value();
  was_checked = true;
  return report;
}

bool Input::Parts::is_as_it_was(const std::optional<ContentRead>& read) const {
  return can_be_read_again(identity, identify(config, *source), read);
}

void Input::Parts::require_same_file() const {
  if (!is_as_it_was(content))
    throw InputError(printable(config.input.file) +
                     ": changed after it was opened (edited or replaced); nothing was sent");
}

Input::Input(const Config& config, Credentials credentials)
    : parts_(std::make_unique<Parts>(config, std::move(credentials))) {}
Input::~Input() = default;
Input::Input(Input&& other) noexcept = default;
Input& Input::operator=(Input&& other) noexcept = default;

const Config& Input::config() const noexcept { return parts_->config; }
const Plan& Input::plan() const noexcept { return parts_->plan; }
void Input::accept_findings() noexcept { parts_->config.input.accept_findings = true; }

CheckReport Input::check() {
  const std::atomic<bool> never{false};
  return check(never);
}

CheckReport Input::check(const std::atomic<bool>& stop) { return parts_->check(stop); }

}  // namespace amend
