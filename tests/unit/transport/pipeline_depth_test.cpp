#include "transport/pipeline_depth.hpp"

#include <doctest/doctest.h>

using amend::PipelineDepth;

TEST_CASE("pipeline depth: falls to 1 when connection after connection answers nothing but its first request") {
  PipelineDepth depth(16);
  for (std::uint32_t i = 1; i < PipelineDepth::refusals_max; ++i) {
    CHECK_FALSE(depth.ended());
    CHECK(depth.depth() == 16);
  }
  CHECK(depth.ended());
  CHECK(depth.depth() == 1);
  CHECK_FALSE(depth.ended());  // said once
}

TEST_CASE("pipeline depth: a host that has once answered a request behind another stands pipelining for good") {
  PipelineDepth depth(16);
  for (std::uint32_t i = 1; i < PipelineDepth::refusals_max; ++i) CHECK_FALSE(depth.ended());
  depth.stood();
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(depth.ended());
  CHECK(depth.depth() == 16);
}
