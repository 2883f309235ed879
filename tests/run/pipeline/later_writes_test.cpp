// What other runs may have written since a run began.
#include "reconcile/later_writes.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "amend/run/run_directory.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reconcile/run_ledger.hpp"
#include "unit/reporter/chain_fixture.hpp"

using namespace amend;
using amend::test::Row;
using amend::test::TemporaryDirectory;
using amend::test::Written;

namespace {

const std::string written_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

// A folder with a run that wrote to `written_id`, and one an hour later, of the API at `url`. Records have no time in
// such logs.
class Folder {
 public:
  explicit Folder(const std::string& url = "https://api.example.com") {
    make("first", "1970-01-01T00:00:00Z", "https://api.example.com");
    make("later", "1970-01-01T01:00:00Z", url);
    config.target.url = "https://api.example.com";
    config.run_directory = dir / "tonight";
  }

  LaterWrites look() const {
    const RunChain chain(dir / "first");
    return LaterWrites(chain, baselines_of(chain.asked().record), config);
  }

  TemporaryDirectory dir;
  Config config;

 private:
  void make(const std::string& name, const std::string& started_at, const std::string& url) const {
    amend::test::make_run(dir / name, Written({Row(1, Status::success, written_id)}, 1), started_at);
    RunRecord record = read_run(dir / name);
    record.config.target.url = url;
    std::ofstream(dir / (name + "/run.json"), std::ios::trunc) << run_json(record);
  }
};

}  // namespace

TEST_CASE("later writes: those to the same API count, however its address is spelled") {
  const std::vector<std::uint64_t> of_a{wonder::customer_key(written_id)};
  for (const char* same : {"https://api.example.com", "https://api.example.com/", "https://API.example.com:443",
                           "HTTPS://api.example.com:/", "https://api.example.com./"}) {
    CAPTURE(same);
    CHECK(Folder(same).look().customers() == of_a);
  }
  for (const char* other : {"https://api.example.com/v2", "https://api.example.com:8443", "https://example.com"}) {
    CAPTURE(other);
    CHECK(Folder(other).look().customers().empty());
  }
}

TEST_CASE("later writes: of a later run without its run.json, or without its log, nobody knows what it wrote") {
  SUBCASE("run.json is missing") {
    const Folder folder;
    std::filesystem::remove(folder.dir / "later/run.json");
    CHECK(folder.look().unknown_writer() == folder.dir / "later");
  }
  SUBCASE("run.json is damaged") {
    const Folder folder;
    std::ofstream(folder.dir / "later/run.json", std::ios::trunc) << "{\"version";
    CHECK(folder.look().unknown_writer() == folder.dir / "later");
  }
  SUBCASE("the log is missing") {
    const Folder folder;
    std::filesystem::remove(folder.dir / "later/results.ndjson");
    CHECK(folder.look().unknown_writer() == folder.dir / "later");
  }
  SUBCASE("a folder that is no run") {
    const Folder folder;
    std::filesystem::remove_all(folder.dir / "later");
    std::filesystem::create_directory(folder.dir / "other");
    std::ofstream(folder.dir / "other/results.ndjson") << "{\"row\":1}\n";
    CHECK_FALSE(folder.look().unknown_writer());
    CHECK(folder.look().customers().empty());
  }
}
