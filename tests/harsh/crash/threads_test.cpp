// A system that refuses further threads, as under a limit on processes (`ulimit -u`, the pids limit of a container).
//
// Such limits do not apply to root, and they count other processes. So here each thread asks for a large stack, and the
// address space has room for a few. The same call fails with the same error.
#include "harsh/crash/fixture.hpp"

using namespace test;

namespace {

constexpr std::size_t threads_max = 20;  // more than any command here needs

/// Runs the command with room for `threads` threads, besides its first one.
Finished run_with_threads(std::size_t threads, const std::vector<std::string>& command) {
  constexpr std::size_t stack_kib = 512 * 1024;
  constexpr std::size_t all_else_kib = stack_kib - 64 * 1024;
  std::vector<std::string> limited{"/bin/bash",
                                   "-c",
                                   "ulimit -s $1 && ulimit -v $2 && shift 2 && exec \"$@\"",
                                   "amend",
                                   std::to_string(stack_kib),
                                   std::to_string(threads * stack_kib + all_else_kib)};
  limited.insert(limited.end(), command.begin(), command.end());
  return run(limited, {"MALLOC_ARENA_MAX=1"});  // further arenas would be taken for stacks
}

bool lacks_thread(const Finished& finished) {
  return finished.code != 0 &&
         finished.err.find("cannot start a thread: Resource temporarily unavailable") != std::string::npos;
}

std::size_t requests_at(Simulator& simulator) {
  simulator.write_down();
  return read_ndjson(simulator.request_log()).size();
}

}  // namespace

TEST_CASE(
    "threads: an update that lacks any of its threads sends nothing, says why, and can be begun or gone on with") {
  std::size_t begun = 0;
  std::size_t threads = 0;
  for (; begun < 4 && threads < threads_max; ++threads) {  // reporter, two workers, watch
    CAPTURE(threads);
    Crashing crashing(50);
    const Finished finished = run_with_threads(threads, crashing.update_command({"--workers", "2"}));
    CAPTURE(finished.err);
    CHECK(lacks_thread(finished));
    CHECK(finished.code == 4);
    CHECK(finished.err.find("defect") == std::string::npos);
    CHECK(requests_at(crashing.simulator) == 0);
    if (crashing.has("run.json")) {
      ++begun;
      CHECK(number_of(read_json(crashing.file("summary.json")).at("rows").as_object(), "unsent") == 50);
      CHECK(finished.err.find("amend resume " + crashing.directory) != std::string::npos);
    }
    const Finished last = crashing.complete();
    CHECK(last.code == 0);
    crashing.check_complete(last, 0);
  }
  CHECK(begun == 4);
  CHECK(threads > begun);
  CHECK(threads < threads_max);
}

TEST_CASE("threads: a run goes on without its timeline when there is no thread for it, and says so") {
  Crashing crashing(0);
  std::size_t threads = 0;
  Finished finished;
  do {
    std::filesystem::remove_all(crashing.directory);
    finished = run_with_threads(threads++, crashing.fast_update());
  } while (lacks_thread(finished) && threads < threads_max);
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(finished.err.find(
            "amend cannot record the timeline of this run: cannot start a thread: Resource temporarily unavailable") !=
        std::string::npos);
  CHECK_FALSE(crashing.has("timeline.ndjson"));
  std::filesystem::remove_all(crashing.directory);
  CHECK(run_with_threads(threads, crashing.fast_update()).err.find("cannot record the timeline") == std::string::npos);
  CHECK(crashing.has("timeline.ndjson"));
}

TEST_CASE("threads: a reconciliation that lacks any of its threads asks nothing, and says why") {
  for (std::size_t threads = 0; threads < 5; ++threads) {  // progress, reporter, two workers, watch
    CAPTURE(threads);
    Crashing crashing(50);
    const Finished finished =
        run_with_threads(threads, {AMEND_PROGRAM, "reconcile", crashing.input, "--url", crashing.simulator.url(),
                                   "--auth", "none", "--run", crashing.directory, "--workers", "2"});
    CAPTURE(finished.err);
    CHECK(lacks_thread(finished));
    CHECK(finished.code == 4);
    CHECK(finished.err.find("defect") == std::string::npos);
    CHECK(requests_at(crashing.simulator) == 0);
  }
}

TEST_CASE("threads: a benchmark that lacks the thread that watches it, or one that signs, sends nothing and says why") {
  for (const std::size_t threads : {0, 1, 2}) {
    CAPTURE(threads);
    Simulator simulator({"--plain"});
    const TempDir dir;
    std::vector<std::string> command{AMEND_PROGRAM,   "bench",     "--url", simulator.url(), "--run",
                                     dir.file("run"), "--workers", "2",     "--requests",    "10",
                                     "--warm-up",     "0"};
    const auto signing = signing_options();
    command.insert(command.end(), signing.begin(), signing.end());
    const Finished finished = run_with_threads(threads, command);
    CAPTURE(finished.err);
    CHECK(finished.code == 4);
    CHECK(lacks_thread(finished));
    CHECK(finished.err.find("defect") == std::string::npos);
    CHECK(requests_at(simulator) == 0);
  }
}

TEST_CASE("threads: a run that lacks the one to look its host up sends nothing, says why, and can be gone on with") {
  std::size_t stopped = 0;
  for (std::size_t threads = 0; threads < threads_max; ++threads) {
    CAPTURE(threads);
    Crashing crashing(3'000);
    const std::string url = "http://127.1" + crashing.simulator.url().substr(crashing.simulator.url().rfind(':'));
    const auto command = test::update_command(
        url, crashing.input, crashing.directory,
        {"--allow-http", "--yes", "--rate", "unlimited", "--connections", "8", "--pipeline", "16", "--workers", "1"});
    const Finished finished = run_with_threads(threads, command);
    if (finished.code == 0) break;
    CAPTURE(finished.err);
    CHECK(lacks_thread(finished));
    CHECK(finished.code == 4);
    CHECK(requests_at(crashing.simulator) == 0);
    if (!crashing.has("summary.json")) continue;
    ++stopped;
    auto again = crashing.resume_command();
    again.push_back("--yes");  // 127.1 is a name, and not known to be this machine
    crashing.check_complete(run(again), 0);
  }
  CHECK(stopped >= 5);  // reporter, worker, watch; the worker's to look the host up, without and with a timeline
  CHECK(stopped < threads_max);
}
