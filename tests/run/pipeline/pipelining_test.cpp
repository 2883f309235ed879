// Hosts that do not stand pipelined requests: every row succeeds, soon one request at a time, and it is said.
#include <doctest/doctest.h>

#include "work.hpp"

using namespace ::test;

namespace {

amend::Summary run_against(const std::vector<std::string>& faults) {
  Simulator simulator(faults);
  Work work(make_customers(300), simulator.url());
  work.config.load.connections = 4;
  work.config.load.pipeline = 16;
  return check_all_well(work, simulator);
}

bool is_said(const amend::Summary& summary) {
  return summary.notices.size() == 1 &&
         summary.notices.front().find("amend now sends one at a time") != std::string::npos;
}

}  // namespace

TEST_CASE("pipelining: a host that closes after each answer, announced or not, gets one request at a time") {
  for (const char* fault : {"--close-after", "--close-after-silently"}) {
    CAPTURE(fault);
    const amend::Summary summary = run_against({fault, "1"});
    CHECK(is_said(summary));
    CHECK(summary.requeues < 500);
  }
}

TEST_CASE("pipelining: a host that refuses every request behind another with 400 gets one at a time") {
  const amend::Summary summary = run_against({"--reject-pipelined-share", "1"});
  CHECK(is_said(summary));
  CHECK(summary.requeues < 500);
}

TEST_CASE("pipelining: a host that stands it is not slowed down by connections that end after a while") {
  const amend::Summary summary = run_against({"--close-after", "20"});
  CHECK(summary.notices.empty());
  CHECK(summary.connections < 60);
}
