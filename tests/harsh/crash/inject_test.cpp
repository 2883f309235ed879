// SIGKILL, or an error of the disk, at the n-th system call on the run directory, for all n.
#include <fmt/format.h>

#include <cstdio>

#include "harsh/crash/fixture.hpp"
#include "support/tracer.hpp"

using namespace test;

namespace {

/// One system call on some files of the run directory, and what is to happen instead of its n-th. strace counts per
/// thread: the reporter writes the log, the main thread all else.
class Site {
 public:
  Site(std::string call_, std::vector<std::string> files_) : call(std::move(call_)), files(std::move(files_)) {}
  std::string call;
  std::vector<std::string> files;
};

const std::vector<Site>& sites() {
  static const std::vector<Site> all{
      Site("write", {"results.ndjson"}),
      Site("fdatasync", {"results.ndjson"}),
      Site("write", {"run.json.tmp", "summary.json.tmp"}),
      Site("fdatasync", {"run.json.tmp", "summary.json.tmp"}),
      Site("fsync", {"."}),
      Site("rename", {"run.json.tmp", "summary.json.tmp"}),
      Site("openat", {"run.json.tmp", "results.ndjson", "summary.json.tmp"}),
  };
  return all;
}

std::vector<std::string> traced(const Crashing& crashing, const Site& site, const std::string& instead, std::size_t n,
                                const std::vector<std::string>& command) {
  std::vector<std::string> all{tracer,
                               "-f",
                               "-qq",
                               "-o",
                               "/dev/null",
                               "-e",
                               "trace=" + site.call,
                               "-e",
                               fmt::format("inject={}:{}:when={}", site.call, instead, n)};
  for (const auto& file : site.files)
    all.insert(all.end(), {"-P", file == "." ? crashing.directory : crashing.file(file)});
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

// Slow enough for several group commits.
std::vector<std::string> paced_update(const Crashing& crashing) {
  return crashing.update_command({"--rate", "1000/s", "--connections", "8", "--pipeline", "16"});
}

/// False: the run ended unharmed, as it has no n-th such call.
bool harmed(Crashing& crashing, const Site& site, const std::string& instead, std::size_t n, int expected) {
  std::filesystem::create_directory(crashing.directory);  // a path that strace can know before
  const auto process = crashing.start(traced(crashing, site, instead, n, paced_update(crashing)));
  const auto code = process->wait(limit);
  REQUIRE(code);
  if (*code == 0) return false;
  CAPTURE(crashing.messages());
  CHECK(*code == expected);
  return true;
}

std::size_t next(std::size_t n, std::size_t each_until, std::size_t step) { return n < each_until ? n + 1 : n + step; }

void kill_at_each(const Site& site, std::size_t each_until, std::size_t step) {
  std::size_t n = 1;
  for (;; n = next(n, each_until, step)) {
    CAPTURE(site.call);
    CAPTURE(site.files.front());
    CAPTURE(n);
    Crashing crashing(300);
    if (!harmed(crashing, site, "signal=SIGKILL", n, 128 + SIGKILL)) break;
    const Finished last = crashing.complete();
    crashing.check_complete(last);
  }
  CHECK(n > 1);
}

// The summary claims no more than the log contains. Where the disk took no summary, nothing is claimed.
void check_nothing_claimed(const Crashing& crashing, bool nothing_is_durable) {
  if (!crashing.has("summary.json")) return;
  const auto sums = read_json(crashing.file("summary.json")).at("rows").as_object();
  if (nothing_is_durable) CHECK(number_of(sums, "success") == 0);
  CHECK(number_of(sums, "success") <= static_cast<std::int64_t>(count_status(crashing.directory, "success")));
}

// Exit 6. The rows in the log were applied. With free space, `resume` completes the run.
void fail_at_each(const Site& site, const std::string& error, std::size_t each_until, std::size_t step) {
  std::size_t n = 1;
  for (;; n = next(n, each_until, step)) {
    CAPTURE(site.call);
    CAPTURE(site.files.front());
    CAPTURE(error);
    CAPTURE(n);
    Crashing crashing(300);
    if (!harmed(crashing, site, "error=" + error, n, 6)) break;
    CHECK(crashing.messages().find("cannot") != std::string::npos);
    check_nothing_claimed(crashing, site.call == "fdatasync" && site.files.front() == "results.ndjson" && n == 1);
    const Finished last = crashing.complete();
    crashing.check_complete(last);
  }
  CHECK(n > 1);
}

}  // namespace

TEST_CASE("crash: SIGKILL at a write, sync, rename or open of the run directory: resume completes the run") {
  if (!can_trace()) return;
  for (const Site& site : sites()) kill_at_each(site, 4, 16);
}

TEST_CASE("disk: a full or failing disk at a write or sync ends the run with exit 6, and resume completes it") {
  if (!can_trace()) return;
  for (const Site& site : sites()) {
    if (site.call == "write" || site.call == "openat") fail_at_each(site, "ENOSPC", 2, 16);
    fail_at_each(site, "EIO", 2, 16);
  }
}

TEST_SUITE("long") {
  TEST_CASE("crash: SIGKILL at every write, sync, rename and open of the run directory: resume completes the run") {
    if (!can_trace()) return;
    for (const Site& site : sites()) kill_at_each(site, 1000, 1);
  }

  TEST_CASE("disk: ENOSPC and EIO at every write and sync end the run with exit 6, and resume completes it") {
    if (!can_trace()) return;
    for (const Site& site : sites()) {
      fail_at_each(site, "ENOSPC", 1000, 1);
      fail_at_each(site, "EIO", 1000, 1);
    }
  }
}
