#include "admission/canary.hpp"

#include <doctest/doctest.h>

using amend::Canary;
using amend::CanaryMode;
using amend::Status;
using Admission = Canary::Admission;
using Decision = Canary::Decision;

namespace {

// Lets as many go as it does, at most `most`; how many that were.
int let_go(Canary& canary, int most) {
  int out = 0;
  while (out < most && canary.admit() == Admission::as_canary) ++out;
  return out;
}

Decision end(Canary& canary, Status status) {
  canary.attempt_over();
  return canary.row_ended(status);
}

void pass_first(Canary& canary) {
  REQUIRE(let_go(canary, 99) == 1);
  REQUIRE(end(canary, Status::success) == Decision::undecided);
}

}  // namespace

TEST_CASE("canary: the first row goes alone, then ten, then all") {
  Canary canary(CanaryMode::on);
  pass_first(canary);
  CHECK(let_go(canary, 99) == 10);
  for (int row = 1; row <= 9; ++row) {
    CHECK(end(canary, Status::success) == Decision::undecided);
    CHECK(let_go(canary, 99) == 0);  // each group is judged before the next begins
  }
  CHECK_FALSE(canary.over());
  CHECK(end(canary, Status::success) == Decision::passed);
  CHECK(canary.over());
  CHECK(canary.admit() == Admission::freely);
}

TEST_CASE("canary: a first row that fails lets another one go alone; three of them stop the run") {
  Canary canary(CanaryMode::on);
  for (const Status status : {Status::failed, Status::unknown}) {
    CHECK(let_go(canary, 99) == 1);
    CHECK(end(canary, status) == Decision::undecided);
  }
  SUBCASE("the third too") {
    CHECK(let_go(canary, 99) == 1);
    CHECK(end(canary, Status::failed) == Decision::stop);
    CHECK(canary.describe() == "none of the first 3 rows succeeded");
    CHECK(canary.admit() == Admission::no);
    CHECK(canary.row_ended(Status::failed) == Decision::undecided);  // said once
  }
  SUBCASE("the third succeeds") {
    pass_first(canary);
    CHECK(let_go(canary, 99) == 10);
  }
}

TEST_CASE("canary: of the ten five may fail, with the sixth the run stops at once") {
  Canary canary(CanaryMode::on);
  pass_first(canary);
  CHECK(let_go(canary, 99) == 10);
  for (int row = 1; row <= 5; ++row) CHECK(end(canary, Status::failed) == Decision::undecided);
  SUBCASE("the sixth too") {
    CHECK(end(canary, Status::failed) == Decision::stop);
    CHECK(canary.describe() == "6 of the first 11 rows did not succeed");
  }
  SUBCASE("the others succeed") {
    for (int row = 6; row <= 9; ++row) CHECK(end(canary, Status::success) == Decision::undecided);
    CHECK(end(canary, Status::success) == Decision::passed);
  }
}

TEST_CASE("canary: a row that waits for its retry lets another one go, so that an outage burns none") {
  Canary canary(CanaryMode::on);
  for (int row = 1; row <= 50; ++row) {
    CHECK(let_go(canary, 99) == 1);
    canary.attempt_over();  // 503: the row has not ended
  }
  CHECK_FALSE(canary.over());
}

TEST_CASE("canary: switched off, it lets every row go and judges none") {
  Canary off(CanaryMode::off);
  CHECK(off.admit() == Admission::freely);
  for (int row = 1; row <= 20; ++row) CHECK(off.row_ended(Status::failed) == Decision::undecided);
}

TEST_CASE("canary: a row that is found to be right speaks for the others as one that succeeded does") {
  Canary canary(CanaryMode::on);
  REQUIRE(let_go(canary, 99) == 1);
  CHECK(end(canary, Status::unchanged) == Decision::undecided);
  CHECK(let_go(canary, 99) == 10);
}
