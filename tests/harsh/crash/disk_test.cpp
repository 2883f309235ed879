// Disks that are full, or that fail when they are asked for durability.
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>

#include "harsh/crash/fixture.hpp"

using namespace test;

namespace {

/// A file system of its own in memory, `size` large. Needs root.
class SmallDisk {
 public:
  explicit SmallDisk(const char* size) { mounted_ = mount(size, 0) == 0; }
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  void grow(const char* size) { REQUIRE(mount(size, MS_REMOUNT) == 0); }
  const std::string& path() const { return dir_.path(); }

 private:
  int mount(const char* size, unsigned long flags) const {
    return ::mount("amend-test", path().c_str(), "tmpfs", flags, (std::string("size=") + size).c_str());
  }

  TempDir dir_;
  bool mounted_ = false;
};

void check_not_durable(const Finished& finished, const std::string& why) {
  CAPTURE(finished.err);
  CHECK(finished.code == 6);
  CHECK(finished.err.find("results.ndjson") != std::string::npos);
  CHECK(finished.err.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("disk: a run whose disk fills up stops with exit 6; when there is space again resume completes it") {
  SmallDisk disk("1m");
  if (!disk.mounted()) {
    std::puts("SKIPPED: a tmpfs cannot be mounted here (needs root)");
    return;
  }
  Crashing crashing(6000, {"--plain", "--latency", "1ms"}, disk.path());
  check_not_durable(run(crashing.fast_update()), "No space left");
  disk.grow("64m");
  const Finished last = crashing.complete();
  crashing.check_complete(last);
}

TEST_CASE("disk: a limit on the size of files (ulimit -f) is a full disk, not a crash") {
  Crashing crashing(3000);
  std::vector<std::string> limited{"/bin/bash", "-c", "ulimit -f 200; exec \"$@\"", "amend"};
  const auto update = crashing.fast_update();
  limited.insert(limited.end(), update.begin(), update.end());
  check_not_durable(run(limited), "File too large");
  const Finished last = crashing.complete();
  crashing.check_complete(last);
}

TEST_CASE("disk: when the disk fails to make results durable the run stops with exit 6, and resume completes it") {
  constexpr auto injector = "/usr/bin/fiu-run";
  if (!std::filesystem::exists(injector)) {
    std::puts("SKIPPED: fiu-run is not installed (package fiu-utils)");
    return;
  }
  Crashing crashing(6000, {"--plain", "--latency", "1ms"});
  std::vector<std::string> failing{injector, "-x", "-c",
                                   "enable_random name=posix/io/sync/fdatasync,probability=0.5,failinfo=5"};
  const auto update = crashing.fast_update();
  failing.insert(failing.end(), update.begin(), update.end());
  failing.emplace_back("--durable");  // some twenty syncs at least, however fast the run is: one of them fails
  const Finished stopped = run(failing);
  CAPTURE(stopped.err);
  CHECK(stopped.code == 6);
  CHECK(stopped.err.find("Input/output error") != std::string::npos);
  const Finished last = crashing.complete();
  crashing.check_complete(last);
}
