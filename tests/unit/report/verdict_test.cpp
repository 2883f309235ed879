// The sentences that a run's page opens with.
#include <doctest/doctest.h>

#include "amend/report/run_picture.hpp"
#include "report/page/page_parts.hpp"

using namespace amend;
using namespace amend::report;

namespace {

class Counts {
 public:
  Counts(Status status_, std::uint64_t rows_) : status(status_), rows(rows_) {}
  Status status;
  std::uint64_t rows;
};

RunPicture run_that(RunStatus status, const std::vector<Counts>& counts, std::optional<std::uint64_t> unsent = 0) {
  RunPicture picture;
  picture.status = status;
  picture.unsent = unsent;
  for (const Counts& each : counts) picture.rows_by_status[static_cast<std::size_t>(each.status)] = each.rows;
  return picture;
}

}  // namespace

TEST_CASE("verdict: a finished run") {
  const auto finished = [](const std::vector<Counts>& counts) {
    return verdict(run_that(RunStatus::finished, counts));
  };
  CHECK(finished({}) == "Finished: there was no row to send.");
  CHECK(finished({{Status::success, 1}}) == "Finished without errors: 1 of 1 row succeeded.");
  CHECK(finished({{Status::success, 20'000}}) == "Finished without errors: all 20,000 rows succeeded.");
  CHECK(finished({{Status::success, 950}, {Status::unchanged, 49}, {Status::superseded, 1}}) ==
        "Finished without errors: 950 of 1,000 rows succeeded. 49 rows already matched the API. 1 row was superseded.");
  CHECK(
      finished({{Status::success, 19'578}, {Status::failed, 400}, {Status::unknown, 12}, {Status::rejected, 10}}) ==
      "Finished with errors: 422 of 20,000 rows did not succeed. 12 rows are unknown: the API may have applied them.");
  CHECK(finished({{Status::failed, 3}}) == "Finished with errors: 3 of 3 rows did not succeed.");
}

TEST_CASE("verdict: a run that stopped, was killed or is running") {
  CHECK(verdict(run_that(RunStatus::stopped, {{Status::success, 300}, {Status::failed, 20}}, 680)) ==
        "Stopped early: 680 of 1,000 rows have no result. 20 rows did not succeed.");
  CHECK(verdict(run_that(RunStatus::stopped, {{Status::success, 8}, {Status::unknown, 1}}, 1)) ==
        "Stopped early: 1 of 10 rows has no result. 1 row did not succeed. 1 row is unknown: the API may have applied "
        "it.");
  CHECK(verdict(run_that(RunStatus::stopped, {{Status::success, 999}}, 1)) ==
        "Stopped early: 1 of 1,000 rows has no result.");
  CHECK(verdict(run_that(RunStatus::stopped, {{Status::success, 5}})) ==
        "Stopped early: each row that amend read has a result.");
  CHECK(verdict(run_that(RunStatus::stopped, {{Status::success, 5}}, std::nullopt)) ==
        "Stopped early: 5 rows have a result. The number of other rows is not known.");
  CHECK(verdict(run_that(RunStatus::killed, {{Status::success, 1}}, std::nullopt)) ==
        "Interrupted: the process was killed, or the machine stopped. 1 row has a result; other rows may have no "
        "result.");
  CHECK(verdict(run_that(RunStatus::running, {})) == "Running. This page shows the run at the time of the report.");
}

TEST_CASE("verdict: a comparison says that it changed nothing") {
  RunPicture picture = run_that(RunStatus::compared, {});
  picture.applies = false;
  picture.comparison.emplace().signs = {{'*', ""}, {'=', ""}};
  picture.comparison->signs[0].rows = 12;
  picture.comparison->signs[1].rows = 1'000;
  CHECK(verdict(picture) ==
        "Compared: 12 rows differ from the API, 1,000 rows match. amend changed nothing at the API.");
  picture.status = RunStatus::stopped;
  CHECK(verdict(picture) == "Stopped early: the comparison is not complete. amend changed nothing at the API.");
  picture.status = RunStatus::killed;
  CHECK(verdict(picture) == "Interrupted: the comparison is not complete. amend changed nothing at the API.");
}
