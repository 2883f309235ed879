// What stands in the way of timeline.ndjson never holds a run up.
#include "start/timeline_recorder.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stop_token>
#include <string>
#include <vector>

#include "work.hpp"

using namespace ::test;

namespace {

std::vector<std::string> said_when_recording_to(const std::string& path) {
  std::vector<std::string> said;
  amend::TimelineRecorder recorder(
      path, [] { return amend::RunState(); }, [](std::size_t) { return std::vector<std::string>(); },
      [&](const std::string& text) { said.push_back(text); });
  std::stop_source over;
  over.request_stop();
  recorder.run(over.get_token());
  return said;
}

}  // namespace

TEST_CASE("timeline: into what is not a regular file nothing is written, and that is said") {
  const TempDir dir;
  const std::string pipe = dir.file("timeline.ndjson");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int other_end = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(other_end >= 0);
  const auto said = said_when_recording_to(pipe);
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("timeline.ndjson: is not a regular file; the run continues") != std::string::npos);
  char byte = 0;
  CHECK(::read(other_end, &byte, 1) <= 0);
  ::close(other_end);

  const std::string link = dir.file("link");
  REQUIRE(::symlink(dir.file("elsewhere").c_str(), link.c_str()) == 0);
  CHECK(said_when_recording_to(link).size() == 1);
  CHECK(said_when_recording_to(dir.file("fresh")).empty());
}
