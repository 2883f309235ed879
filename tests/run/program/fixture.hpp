// One input, one run directory, and `amend update` on them as fast as the server takes it.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/checker.hpp"
#include "support/run_files.hpp"

namespace test {

/// "3f2504e0-4f89-41d3-9a0c-0305e82c3301": any customer.
inline constexpr auto some_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

class Work {
 public:
  explicit Work(const std::string& text = {}, const std::string& name = "customers.csv")
      : input(dir.file(name)), directory(dir.file("run")) {
    write_file(input, text);
  }

  std::vector<std::string> command(const std::string& url, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> all{"--rate", "unlimited", "--canary", "off"};
    all.insert(all.end(), options.begin(), options.end());
    return update_command(url, input, directory, all);
  }
  Finished update(const std::string& url, const std::vector<std::string>& options = {}) const {
    return run(command(url, options));
  }
  std::string file(const std::string& name) const { return directory + "/" + name; }
  boost::json::object summary() const { return read_json(file("summary.json")); }

  TempDir dir;
  std::string input;
  std::string directory;
};

inline std::string rows(std::size_t count, unsigned seed = 1) { return to_csv(make_customers(count, seed)); }

/// A port of this machine on which nothing listens: it was free a moment ago.
inline std::string url_of_nobody() {
  Simulator simulator({"--plain"});
  const std::string url = simulator.url();
  simulator.stop();
  return url;
}

inline std::size_t requests_at(const Simulator& simulator) { return read_ndjson(simulator.request_log()).size(); }

inline constexpr auto limit = Process::Seconds(60);

inline bool says(const Finished& finished, const std::string& text) {
  return finished.err.find(text) != std::string::npos;
}

/// The command in a shell that does `before` first: redirections, limits, signals that are ignored.
inline std::vector<std::string> in_shell(const std::string& before, const std::vector<std::string>& command,
                                         const std::string& behind = {}) {
  std::vector<std::string> all{"/bin/bash", "-c", before + " exec \"$@\" " + behind, "amend"};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

// A run that has answers and is then asked to stop.
class Interrupted {
 public:
  explicit Interrupted(const std::vector<std::string>& faults, const std::vector<std::string>& options = {},
                       const std::string& before = {})
      : customers(make_customers(2000)), work(to_csv(customers)), simulator(faults) {
    process = std::make_unique<Process>(in_shell(before, work.command(simulator.url(), options)), work.dir.file("out"),
                                        work.dir.file("err"));
  }
  void wait_for_results(std::size_t count) { REQUIRE(wait_for_lines(work.file("results.ndjson"), count, limit)); }
  std::size_t unsent() const { return number_of(work.summary().at("rows").as_object(), "unsent"); }

  std::vector<Customer> customers;
  Work work;
  Simulator simulator;
  std::unique_ptr<Process> process;
};

}  // namespace test
