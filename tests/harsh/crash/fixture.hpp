// A run that dies in some way and is resumed, and the conditions that hold when it is complete.
#pragma once

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/checker.hpp"
#include "support/run_files.hpp"

namespace test {

inline constexpr auto limit = Process::Seconds(60);

/// Requests that a kill may send twice: those in flight, and the documented cap on answers not yet written.
inline constexpr std::size_t sent_twice_max = 8 * 16 + 512;

class Crashing {
 public:
  explicit Crashing(std::size_t rows, const std::vector<std::string>& server_options = {"--plain"},
                    const std::string& parent = {})
      : customers(make_customers(rows)),
        simulator(server_options),
        input(dir.file("customers.csv")),
        directory(parent.empty() ? dir.file("run") : parent + "/run") {
    write_file(input, to_csv(customers));
  }

  std::vector<std::string> update_command(const std::vector<std::string>& options = {}) const {
    return test::update_command(simulator.url(), input, directory, options);
  }
  std::vector<std::string> fast_update() const {
    return update_command({"--rate", "unlimited", "--connections", "8", "--pipeline", "16"});
  }
  std::vector<std::string> resume_command() const {
    return {AMEND_PROGRAM, "resume", directory, "--progress", "none", "--rate", "unlimited"};
  }
  std::string file(const std::string& name) const { return directory + "/" + name; }
  bool has(const std::string& name) const { return std::filesystem::exists(file(name)); }

  std::unique_ptr<Process> start(const std::vector<std::string>& command) {
    return std::make_unique<Process>(command, dir.file("out"), dir.file("err"));
  }
  std::string messages() const { return read_file(dir.file("err")); }

  /// The next command of an operator: `resume`, or the same command again when there is no run yet.
  Finished complete() {
    if (has("run.json")) return run(resume_command());
    return run(fast_update());
  }

  /// Exactly one record a row, each success applied, in order, and the sums fit. Ends the simulator.
  void check_complete(const Finished& last, std::size_t kills = 1) {
    simulator.stop();
    CAPTURE(last.err);
    CHECK(last.code == 0);
    for (const auto& trouble : disagreements(customers, directory, simulator, last.code)) FAIL_CHECK(trouble);
    std::map<std::string, std::size_t> sent;
    for (const auto& request : read_ndjson(simulator.request_log())) ++sent[text_of(request, "id")];
    std::size_t again = 0;
    for (const auto& [id, times] : sent) again += times - 1;
    CHECK(again <= kills * sent_twice_max);
    if (kills > 1) MESSAGE("rows sent again: " << again << " in " << kills << " kills");
  }

  TempDir dir;
  std::vector<Customer> customers;
  Simulator simulator;
  std::string input;
  std::string directory;
};

}  // namespace test
