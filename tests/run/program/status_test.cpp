// `amend status RUN`: the final view of a run, for people and as JSON.
#include <boost/json/parse.hpp>
#include <csignal>
#include <filesystem>

#include "run/program/fixture.hpp"

using namespace test;

namespace {

Finished status_of(const std::string& directory, const std::vector<std::string>& options = {}) {
  std::vector<std::string> all{AMEND_PROGRAM, "status", directory};
  all.insert(all.end(), options.begin(), options.end());
  return run(all);
}

boost::json::object json_of(const std::string& directory) {
  return boost::json::parse(status_of(directory, {"--json"}).out).as_object();
}

}  // namespace

TEST_CASE("status: a run in which every row succeeded is 0, and nothing in its directory is touched") {
  const Work work(rows(30));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const auto before = std::filesystem::last_write_time(work.directory);
  const Finished finished = status_of(work.directory);
  CHECK(finished.code == 0);
  CHECK(finished.err.empty());
  CHECK(finished.out.find("30 in the input, 30 success") != std::string::npos);
  CHECK(std::filesystem::last_write_time(work.directory) == before);
  CHECK(status_of(work.directory, {"--quiet"}).out.empty());
}

TEST_CASE("status: failed and rejected rows are 1, with the worst code, an example and what to type") {
  const Work work(rows(20) + std::string(some_id) + ",A,,,,\n");
  Simulator simulator({"--error-share", "404:1"});
  REQUIRE(work.update(simulator.url(), {"--max-attempts", "1"}).code == 1);
  const Finished finished = status_of(work.directory);
  CHECK(finished.code == 1);
  const auto json = json_of(work.directory);
  const auto& counts = json.at("rows").as_object();
  CHECK(number_of(counts, "total") == 21);
  CHECK(number_of(counts, "failed") + number_of(counts, "unknown") == 20);
  CHECK(number_of(counts, "rejected") == 1);
  CHECK(number_of(counts, "unsent") == 0);
  const auto& worst = json.at("errors").as_array()[0].as_object();
  CHECK(number_of(worst, "count") == 20);
  CHECK(finished.out.find("20 x " + text_of(worst, "code")) != std::string::npos);
  CHECK(finished.out.find("amend update " + work.file("rejected.csv")) != std::string::npos);
}

TEST_CASE("status: a run that was killed has not ended, and the command that continues it is named") {
  Interrupted interrupted({"--latency", "5ms"});
  interrupted.wait_for_results(20);
  const Finished running = status_of(interrupted.work.directory);
  CHECK(running.code == 1);
  CHECK(running.out.find("has not ended") != std::string::npos);
  interrupted.process->signal(SIGKILL);
  REQUIRE(interrupted.process->wait(limit));
  const Finished killed = status_of(interrupted.work.directory);
  CHECK(killed.code == 1);
  CHECK(killed.out.find("amend resume " + interrupted.work.directory) != std::string::npos);
  CHECK(json_of(interrupted.work.directory).at("rows").as_object().at("unsent").is_null());
}

TEST_CASE("status: a run that was interrupted tells how many rows are unsent") {
  Interrupted interrupted({"--latency", "5ms"});
  interrupted.wait_for_results(20);
  interrupted.process->signal(SIGINT);
  REQUIRE(interrupted.process->wait(limit) == 130);
  CHECK(status_of(interrupted.work.directory).code == 1);
  const auto json = json_of(interrupted.work.directory);
  const auto& counts = json.at("rows").as_object();
  CHECK(number_of(counts, "unsent") == static_cast<std::int64_t>(interrupted.unsent()));
  CHECK(number_of(counts, "total") == 2000);
}

TEST_CASE("status: no run is 2") {
  const TempDir dir;
  const Finished finished = status_of(dir.path());
  CHECK(finished.code == 2);
  CHECK(says(finished, "contains no run.json"));
}
