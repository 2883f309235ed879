// A power cut on a real file system: the image of an ext4 disk is copied while the run on it is stopped. The copy is
// mounted, which replays its journal, and the run is resumed there.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

namespace {

constexpr std::size_t rows_in_all = 20'000;
constexpr int moments = 30;
constexpr auto limit = Process::Seconds(60);

/// An image mounted on a directory.
class MountedImage {
 public:
  MountedImage(const std::string& image, std::string directory) : directory_(std::move(directory)) {
    std::filesystem::create_directory(directory_);
    // Without `commit` the kernel might write its journal while the image is being copied.
    mounted_ = run({"/bin/mount", "-o", "loop,commit=300", image, directory_}).code == 0;
  }
  ~MountedImage() {
    if (mounted_) ::umount2(directory_.c_str(), MNT_DETACH);
  }
  MountedImage(const MountedImage&) = delete;
  MountedImage& operator=(const MountedImage&) = delete;
  bool mounted() const { return mounted_; }

 private:
  std::string directory_;
  bool mounted_ = false;
};

void resume_copy(const std::string& run_directory, std::map<std::string, std::string>& successes) {
  const Finished finished = run({AMEND_PROGRAM, "resume", run_directory, "--progress", "none", "--rate", "unlimited"});
  CAPTURE(finished.err);
  REQUIRE(finished.code == 0);
  std::set<std::int64_t> seen;
  for (const auto& record : read_ndjson(run_directory + "/results.ndjson")) {
    REQUIRE(seen.insert(number_of(record, "row")).second);
    REQUIRE(text_of(record, "status") == "success");
    successes[text_of(record, "request_id")] = text_of(record, "id");
  }
  REQUIRE(seen.size() == rows_in_all);
}

}  // namespace

TEST_SUITE("long") {
  TEST_CASE("power cut: an ext4 disk copied at 30 random moments of a run: resume completes each") {
    const TempDir dir;
    const std::string image = dir.file("disk.img");
    const bool made = run({"/bin/truncate", "-s", "64M", image}).code == 0 &&
                      std::filesystem::exists("/usr/sbin/mkfs.ext4") &&
                      run({"/usr/sbin/mkfs.ext4", "-q", image}).code == 0;
    std::optional<MountedImage> disk;
    if (made) disk.emplace(image, dir.file("disk"));
    if (!made || !disk->mounted()) {
      std::puts("SKIPPED: no ext4 image can be made or mounted here (needs root and loop devices)");
      return;
    }
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    Simulator simulator({"--plain"});
    const auto customers = make_customers(rows_in_all);
    write_file(dir.file("customers.csv"), to_csv(customers));
    const std::string run_directory = dir.file("disk") + "/run";
    Process update(update_command(simulator.url(), dir.file("customers.csv"), run_directory, {"--rate", "2000/s"}),
                   dir.file("out"), dir.file("err"));
    std::map<std::string, std::string> successes;  // request id → customer
    std::size_t lines = 1;
    for (int i = 0; i < moments; ++i) {
      CAPTURE(i);
      REQUIRE(wait_for_lines(run_directory + "/results.ndjson", lines, limit));
      update.signal(SIGSTOP);
      const std::string copy = dir.file("copy.img");
      REQUIRE(run({"/bin/cp", "--sparse=always", image, copy}).code == 0);
      update.signal(SIGCONT);
      const MountedImage later(copy, dir.file("copy"));
      REQUIRE(later.mounted());
      resume_copy(dir.file("copy") + "/run", successes);
      lines = std::min(rows_in_all, lines + random() % (2 * rows_in_all / moments));
    }
    REQUIRE(update.wait(limit) == 0);
    simulator.stop();
    std::map<std::string, std::string> answered;
    for (const auto& request : read_ndjson(simulator.request_log()))
      if (request.at("applied").as_bool()) answered[text_of(request, "request_id")] = text_of(request, "id");
    for (const auto& [request_id, customer] : successes) REQUIRE(answered[request_id] == customer);
  }
}
