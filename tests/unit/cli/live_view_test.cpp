#include "cli/text/live_view.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "row/utc_time.hpp"

using namespace amend;

namespace {

Summary some_summary() {
  Summary summary;
  summary.run_directory = "runs/october";
  summary.input = "customers.csv";
  summary.exit_code = ExitCode::some_rows_failed;
  summary.rows_read = 10;
  summary.rows_by_status[static_cast<std::size_t>(Status::success)] = 7;
  summary.rows_by_status[static_cast<std::size_t>(Status::failed)] = 2;
  summary.rows_by_status[static_cast<std::size_t>(Status::rejected)] = 1;
  summary.unsent = 0;
  summary.attempts = 12;
  return summary;
}

ErrorCount error(const std::string& code, std::uint64_t count, const std::string& text) {
  ErrorCount out;
  out.code = code;
  out.count = count;
  out.row = 3;
  out.text = text;
  return out;
}

}  // namespace

TEST_CASE("live view: at its end it shows the summary's numbers and the commands that are left to type") {
  const report::RunPicture picture = cli::ended_picture(report::RunPicture(), some_summary());
  CHECK(picture.status == RunStatus::finished);
  CHECK(picture.exit_code == 1);
  CHECK(picture.rows(Status::success) == 7);
  CHECK(picture.unsent == 0);
  CHECK(picture.requests.front() == std::pair(std::string("attempts"), std::uint64_t{12}));
  REQUIRE(picture.next.size() == 1);
  CHECK(picture.next[0].starts_with("amend retry runs/october"));
}

TEST_CASE("live view: a run that stopped early is no finished one") {
  Summary summary = some_summary();
  summary.stop_reason = "--deadline was reached";
  CHECK(cli::ended_picture(report::RunPicture(), summary).status == RunStatus::stopped);
  CHECK(cli::ended_picture(report::RunPicture(), summary).stop_reason == summary.stop_reason);
  summary.stop_reason.clear();
  summary.unsent = 4;
  CHECK(cli::ended_picture(report::RunPicture(), summary).status == RunStatus::stopped);
  summary.unsent.reset();
  CHECK(cli::ended_picture(report::RunPicture(), summary).status == RunStatus::stopped);
}

TEST_CASE("live view: the API's words, which may repeat what was sent, are not shown; amend's own are") {
  Summary summary = some_summary();
  summary.errors = {error("E000404", 2, "no such customer: ann@example.com"), error("http.500", 1, "HTTP 500: Ann"),
                    error("input.phone.missing", 1, "phone is required, but it is blank or absent")};
  const report::RunPicture picture = cli::ended_picture(report::RunPicture(), summary);
  REQUIRE(picture.errors.size() == 3);
  CHECK(picture.errors[0].text.empty());
  CHECK(picture.errors[0].text_withheld);
  CHECK(picture.errors[1].text_withheld);
  CHECK(picture.errors[2].text == "phone is required, but it is blank or absent");
  CHECK_FALSE(picture.errors[2].remedy.empty());
  CHECK(picture.rows_with_error == 4);
}

TEST_CASE("live view: an id that is none may be an email or a phone, and is not shown; a uuid is") {
  Summary summary = some_summary();
  summary.errors = {error("input.id.not_uuid", 2, "\"u0@example.com\" has 14 bytes; a uuid has 36"),
                    error("input.id.duplicate", 1, "several rows name this customer")};
  summary.errors[0].id = "u0@example.com";
  summary.errors[1].id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  const report::RunPicture picture = cli::ended_picture(report::RunPicture(), summary);
  REQUIRE(picture.errors.size() == 2);
  CHECK(picture.errors[0].text.empty());
  CHECK(picture.errors[0].text_withheld);
  CHECK(picture.errors[0].id.empty());
  CHECK(picture.errors[1].id == summary.errors[1].id);
}

TEST_CASE("live view: at the end of a resumed run latencies are called those since then, as its requests are") {
  Summary summary = some_summary();
  summary.service.max = std::chrono::milliseconds(9);
  report::RunPicture resumed;
  resumed.requests_of = report::since_resumed;
  const report::RunPicture picture = cli::ended_picture(resumed, summary);
  CHECK(picture.requests_of == report::since_resumed);
  REQUIRE(picture.latencies.size() == 1);
  CHECK(picture.latencies[0].of == "all attempts with a response, since the last resume");
}

TEST_CASE("live view: a run that another process has begun is a resumed one") {
  const auto dir = std::filesystem::temp_directory_path() / ("amend-live-view-" + std::to_string(::getpid()));
  std::filesystem::create_directory(dir);
  RunState state;
  state.run_directory = dir.string();
  state.started_at = *parse_utc("2026-11-23T12:00:00.700Z");
  CHECK_FALSE(cli::is_of_resumed_run(state));  // nothing tells
  std::ofstream(dir / "run.json") << run_json(Config(), InputIdentity(), state.started_at);
  CHECK_FALSE(cli::is_of_resumed_run(state));
  state.started_at += std::chrono::hours(1);
  CHECK(cli::is_of_resumed_run(state));
  std::filesystem::remove_all(dir);
}
