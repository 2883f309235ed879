#include "amend/benchmark/objective.hpp"

#include <doctest/doctest.h>

#include "amend/error.hpp"

using namespace amend;
using namespace std::chrono_literals;

namespace {

HdrHistogram hundred_answers() {
  HdrHistogram latency;
  for (int i = 1; i <= 100; ++i) latency.record(i * 1ms);
  return latency;
}

std::string broken(std::string_view conditions, std::uint64_t requests = 100, std::uint64_t errors = 0) {
  return broken_objectives(parse_objectives("--slo", conditions), hundred_answers(), requests, errors);
}

}  // namespace

TEST_CASE("--slo: an objective that is kept has nothing to say, one that is not says by how much") {
  CHECK(broken("p50<60ms,p99<100ms,max<1s,errors<1%").empty());
  CHECK(broken("p50<40ms").starts_with("p50 is 50"));
  CHECK(broken("p50<40ms").ends_with(" ms, but must be below 40 ms"));
  CHECK(broken("max<100ms") == "max is 100 ms, but must be below 100 ms");
  CHECK(broken("errors<0.1%", 1'000, 1) == "errors are 0.1 %, but must be below 0.1 %");
  CHECK(broken("errors<0.1%", 1'001, 1).empty());
  CHECK(broken("p99<50ms,errors<1%", 100, 5).find("; errors are 5 %") != std::string::npos);
  CHECK(broken("p99.9<0.05s").starts_with("p99.9 is"));
}

TEST_CASE("--slo: of no request nothing holds, nor a latency of no answer") {
  CHECK(broken("errors<1%", 0, 0) == "amend sent no request");
  const auto objectives = parse_objectives("--slo", "p99<1s");
  CHECK(broken_objectives(objectives, HdrHistogram(), 10, 0) == "p99 is not known: there was no response");
}

TEST_CASE("--slo: a server that fails at once does not keep an objective that says nothing of errors") {
  CHECK(text_of(parse_objectives("--slo", "p99<1s")) == "p99<1s,errors<1%");
  CHECK(broken("p99<1s", 100, 60) == "errors are 60 %, but must be below 1 %");
  CHECK(text_of(parse_objectives("--slo", "errors<5%,max<2s")) == "errors<5%,max<2s");
}

TEST_CASE("--slo: what is no condition is one error that names the option") {
  for (const char* wrong : {"", ",", "p99", "p99<", "p99<300", "p99>300ms", "p0<1s", "p100<1s", "p99<0ms", "p99<-1ms",
                            "p99<2h", "errors<1", "errors<0%", "errors<101%", "q99<1s", "max<1x", "p99<1s,", "p<1s"}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH_AS(parse_objectives("--slo", wrong), doctest::Contains("--slo needs conditions"), ConfigError);
  }
}
