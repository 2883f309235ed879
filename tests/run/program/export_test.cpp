// `amend export RUN --csv`: the log as a table for a spreadsheet.
#include <sys/stat.h>

#include <fstream>

#include "run/program/fixture.hpp"

using namespace test;

namespace {

Finished export_csv(const std::string& directory, const std::vector<std::string>& options = {"--csv"}) {
  std::vector<std::string> all{AMEND_PROGRAM, "export", directory};
  all.insert(all.end(), options.begin(), options.end());
  return run(all);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

}  // namespace

TEST_CASE("export: one line a record, in the order of the log, to stdout or into a new file of the owner") {
  const Work work(rows(30));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const Finished finished = export_csv(work.directory);
  CHECK(finished.code == 0);
  const auto lines = lines_of(finished.out);
  const auto records = read_ndjson(work.file("results.ndjson"));
  REQUIRE(lines.size() == 31);
  CHECK(lines[0] == "row,line,id,status,http,attempts,ms,request_id,at,error_code,error,source,applied,warning");
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(lines[i + 1].starts_with(std::to_string(number_of(records[i], "row")) + "," +
                                   std::to_string(number_of(records[i], "line")) + "," + text_of(records[i], "id") +
                                   ",success,200,1,"));
    CHECK(lines[i + 1].find(text_of(records[i], "request_id") + "," + text_of(records[i], "at") + ",,,,,") !=
          std::string::npos);
  }
  const std::string file = work.dir.file("out.csv");
  REQUIRE(export_csv(work.directory, {"--csv", "--out", file}).code == 0);
  CHECK(read_file(file) == finished.out);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const Finished again = export_csv(work.directory, {"--csv", "--out", file});
  CHECK(again.code == 2);
  CHECK(says(again, "--out: "));
  CHECK(read_file(file) == finished.out);
}

TEST_CASE("export: of a log that was changed only what stands before the change is written, and it is 3") {
  const Work work(rows(400));
  Simulator simulator({"--latency", "2ms"});  // longer than one group commit
  REQUIRE(work.update(simulator.url(), {"--connections", "1", "--pipeline", "1"}).code == 0);
  std::string log = read_file(work.file("results.ndjson"));
  REQUIRE(log.find("\"synced\"") != std::string::npos);
  const auto second = log.find('\n') + 1;
  log[second + 20] = log[second + 20] == 'x' ? 'y' : 'x';
  write_file(work.file("results.ndjson"), log);
  const Finished finished = export_csv(work.directory);
  CHECK(finished.code == 3);
  CHECK(lines_of(finished.out).size() == 2);
  CHECK(says(finished, "was changed at byte " + std::to_string(second)));
}

TEST_CASE("export: no run, no --csv: one line, 2") {
  const TempDir dir;
  CHECK(export_csv(dir.path()).code == 2);
  const Work work(rows(1));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const Finished finished = export_csv(work.directory, {});
  CHECK(finished.code == 2);
  CHECK(says(finished, "--csv"));
}

TEST_CASE("export: a full disk is 6, and leaves no half file behind") {
  const Work work(rows(300));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const std::string file = work.dir.file("out.csv");
  const Finished finished =
      run(in_shell("ulimit -f 8;", {AMEND_PROGRAM, "export", work.directory, "--csv", "--out", file}));
  CHECK(finished.code == 6);
  CHECK_FALSE(std::ifstream(file).is_open());
  const Finished full = run(in_shell("", {AMEND_PROGRAM, "export", work.directory, "--csv"}, ">/dev/full"));
  CHECK(full.code == 6);
}
