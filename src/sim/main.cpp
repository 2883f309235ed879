// wonder-sim: see --help. Exit codes: 0 after an orderly end, 2 for wrong options or files.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "options.hpp"
#include "sim/api/customer_seed.hpp"
#include "sim/net/server.hpp"

namespace {

using namespace amend::sim;

std::string file_content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": wonder-sim cannot read this file");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<SignatureCheck> make_check(const Options& options) {
  if (options.public_key.empty()) return std::nullopt;
  return SignatureCheck(amend::wonder::PublicKey::from_pem(file_content(options.public_key)), options.app_id);
}

std::optional<TlsContext> make_tls(const Options& options) {
  if (options.plain) return std::nullopt;
  return TlsContext(options.certificate, options.key, options.client_ca);
}

void follow_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have ended before prctl() was called.
  if (::getppid() != parent) throw std::runtime_error("--die-with-parent: the parent process has ended");
}

void run(Options options, pid_t parent) {
  if (options.die_with_parent) follow_parent(parent);
  std::signal(SIGPIPE, SIG_IGN);
  CustomerStore store;
  if (!options.seed.empty()) seed_customers(options.seed, store);
  const auto tls = make_tls(options);
  Service service(store, std::move(options.service), make_check(options));
  run_server(options.server, store, service, tls);
}

}  // namespace

int main(int argc, char** argv) {
  const pid_t parent = ::getppid();
  int exit_code = 0;
  try {
    auto options = parse_options(argc, argv, exit_code);
    if (options) run(*std::move(options), parent);
  } catch (const std::exception& error) {
    fmt::print(stderr, "wonder-sim: {}\n", error.what());
    return 2;
  }
  return exit_code;
}
