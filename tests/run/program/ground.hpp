// A server with customers, files beside them, and the commands that compare the two.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "fixture.hpp"
#include "support/people.hpp"
#include "support/scripted_server.hpp"

namespace test {

inline constexpr std::size_t customers_in_all = 500;
inline constexpr std::string_view succeeded = "\"status\":\"success\"";

// 60 changed, 12 unknown, 20 missing, the others the same.
inline std::vector<Person> changed_people() {
  std::vector<Person> people;
  for (std::size_t n = 0; n < customers_in_all - 20; ++n) people.push_back(person(n));
  for (std::size_t n = 0; n < 60; ++n) people[n * 8].phone += "-changed";
  for (std::size_t n = 0; n < 12; ++n) people.push_back(person(10'000 + n));
  return people;
}

/// `amend reconcile --apply` of crm.csv in `dir` against a scripted server, on one connection.
inline Finished apply_crm(const ScriptedServer& server, const TempDir& dir, const std::vector<std::string>& options) {
  std::vector<std::string> all{AMEND_PROGRAM,
                               "reconcile",
                               dir.file("crm.csv"),
                               "--url",
                               "http://127.0.0.1:" + server.port(),
                               "--auth",
                               "none",
                               "--run",
                               dir.file("run"),
                               "--connections",
                               "1",
                               "--look-up",
                               "list",
                               "--apply"};
  all.insert(all.end(), options.begin(), options.end());
  return run(all);
}

/// A server with customers, and files beside them.
class Ground {
 public:
  explicit Ground(std::vector<std::string> faults = {}) {
    write_file(dir.file("seed.csv"), seed_of(customers_in_all));
    faults.insert(faults.end(), {"--plain", "--seed", dir.file("seed.csv")});
    simulator = std::make_unique<Simulator>(faults);
  }

  std::string directory(const std::string& name) const { return dir.file(name); }

  Finished reconcile(const std::string& rows, const std::string& run_name, std::vector<std::string> options = {}) {
    write_file(dir.file("crm.csv"), rows);
    return command("reconcile", dir.file("crm.csv"), run_name, std::move(options));
  }
  Finished command(const std::string& name, const std::string& what, const std::string& run_name,
                   std::vector<std::string> options = {}) {
    std::vector<std::string> all{AMEND_PROGRAM, name, what, "--run", directory(run_name), "--rate", "unlimited"};
    if (name == "reconcile") all.insert(all.end(), {"--url", simulator->url(), "--auth", "none"});
    all.insert(all.end(), options.begin(), options.end());
    return run(all);
  }

  /// Applies changed_people() one by one, until some are sent and `signal` ends it.
  void interrupt_apply(const std::string& run_name, int signal) {
    write_file(dir.file("crm.csv"), export_of(changed_people()));
    Process process({AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url", simulator->url(), "--auth", "none",
                     "--run", directory(run_name), "--apply", "--rate", "unlimited", "--canary", "off", "--connections",
                     "1", "--pipeline", "1"},
                    dir.file("out"), dir.file("err"));
    // Rows that need no request are in the log before the first that was sent.
    const auto sent = [&] {
      const std::string log = read_file(directory(run_name) + "/results.ndjson");
      std::size_t count = 0;
      for (std::size_t at = log.find(succeeded); at != std::string::npos; at = log.find(succeeded, at + 1)) ++count;
      return count;
    };
    REQUIRE(wait_until([&] { return sent() >= 3; }, limit));
    process.signal(signal);
    REQUIRE(process.wait(limit) == 128 + signal);
    // What was in flight came to the server before this, so it is in its log now.
    REQUIRE(run({AMEND_PROGRAM, "ping", "--url", simulator->url(), "--auth", "none"}).code == 0);
  }

  std::vector<boost::json::object> results(const std::string& run_name) const {
    return read_ndjson(directory(run_name) + "/results.ndjson");
  }
  std::size_t count(const std::string& run_name, const std::string& status) const {
    return count_status(directory(run_name), status);
  }
  std::size_t planned(const std::string& run_name, const std::string& sign) const {
    const auto plan = read_ndjson(directory(run_name) + "/plan.ndjson");
    return static_cast<std::size_t>(
        std::ranges::count_if(plan, [&](const boost::json::object& line) { return text_of(line, "sign") == sign; }));
  }

  std::size_t requests(const std::string& method) {
    simulator->write_down();
    const auto log = read_ndjson(simulator->request_log());
    return static_cast<std::size_t>(std::ranges::count_if(
        log, [&](const boost::json::object& line) { return line.at("method").as_string() == method; }));
  }

  /// By id; ends the server.
  std::map<std::string, boost::json::object> state() {
    simulator->stop();
    std::map<std::string, boost::json::object> customers;
    for (auto& customer : read_ndjson(simulator->state())) customers[text_of(customer, "id")] = customer;
    return customers;
  }

  TempDir dir;
  std::unique_ptr<Simulator> simulator;
};

}  // namespace test
