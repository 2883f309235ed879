// `amend bench` against the simulator, and its bench.json.
#pragma once

#include <algorithm>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "process.hpp"
#include "run_files.hpp"
#include "simulator.hpp"

namespace test {

class BenchRun {
 public:
  /// Unsigned unless an AppID is among the options.
  std::vector<std::string> command(const std::string& url, const std::vector<std::string>& options) const {
    std::vector<std::string> all{AMEND_PROGRAM, "bench", "--url", url, "--run", directory};
    if (url.starts_with("https://")) all.insert(all.end(), {"--ca-file", certificates() + "/ca.pem"});
    if (std::ranges::find(options, "--app-id") == options.end()) all.insert(all.end(), {"--auth", "none"});
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }
  const Finished& run(const std::string& url, const std::vector<std::string>& options) {
    finished = test::run(command(url, options));
    return finished;
  }
  std::string file(const std::string& name) const { return directory + "/" + name; }
  boost::json::object result() const { return read_json(file("bench.json")); }
  boost::json::object side(std::size_t i = 0) const { return result().at("sides").at(i).as_object(); }
  boost::json::object step(std::size_t i = 0) const { return side().at("steps").at(i).as_object(); }

  TempDir dir;
  std::string directory = dir.file("run");
  Finished finished;
};

inline double figure(const boost::json::object& step, const char* of, const char* name) {
  return step.at(of).at(name).to_number<double>();
}

}  // namespace test
