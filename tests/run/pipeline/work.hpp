// What the whole-run tests share: an input, the configuration that sends it, and the check that all of it went well.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "amend/run.hpp"
#include "support/checker.hpp"
#include "support/run_files.hpp"

namespace test {

// One input and the configuration that sends it as fast as the server takes it.
class Work {
 public:
  Work(std::vector<Customer> customers_, const std::string& url) : customers(std::move(customers_)) {
    write_file(dir.file("customers.csv"), to_csv(customers));
    config.input.file = dir.file("customers.csv");
    config.target.url = url;
    config.target.ca_file = certificates() + "/ca.pem";
    config.auth.kind = amend::Auth::none;
    config.run_directory = dir.file("run");
    config.load.rate.interval = std::chrono::nanoseconds(0);
    config.load.workers = 2;
    config.load.canary = amend::CanaryMode::off;
    config.retry.attempts_max = 50;
    config.retry.backoff_first = std::chrono::milliseconds(5);
    config.retry.backoff_max = std::chrono::milliseconds(50);
    config.version = "test";
  }
  amend::Input input() const { return amend::Input(config, amend::Credentials()); }
  amend::Job job() const { return amend::make_update(input()); }
  amend::Summary run() const { return amend::execute(job()); }
  std::string directory() const { return dir.file("run"); }

  TempDir dir;
  std::vector<Customer> customers;
  amend::Config config;
};

// Runs, and holds that every row succeeded and that log and server agree.
inline amend::Summary check_all_well(Work& work, Simulator& simulator) {
  const amend::Summary summary = work.run();
  simulator.stop();
  CAPTURE(summary.stop_reason);
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(summary.rows(amend::Status::success) == work.customers.size());
  for (const auto& text :
       disagreements(work.customers, work.directory(), simulator, static_cast<int>(summary.exit_code)))
    FAIL_CHECK(text);
  return summary;
}

}  // namespace test
