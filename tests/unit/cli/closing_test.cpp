#include "cli/command/closing.hpp"

#include <doctest/doctest.h>

#include <string>

#include "row/shell_path.hpp"
#include "unit/cli/holds.hpp"

namespace cli = amend::cli;
using amend::ExitCode;
using amend::Status;
using amend::Summary;

namespace {

Summary thousand_rows() {
  Summary out;
  out.run_directory = "amend-runs/a";
  out.elapsed = std::chrono::seconds(40);
  out.rows_read = 1'000;
  out.rows_by_status[static_cast<std::size_t>(Status::success)] = 1'000;
  out.unsent = 0;
  out.attempts = 1'002;
  out.retries = 2;
  out.connections = 4;
  out.service.p50 = std::chrono::microseconds(1'500);
  out.service.p99 = std::chrono::milliseconds(90);
  out.service.max = std::chrono::milliseconds(120);
  out.files = {"results.ndjson", "summary.json", "run.json"};
  return out;
}

Summary some_failed() {
  Summary out = thousand_rows();
  out.exit_code = ExitCode::some_rows_failed;
  out.rows_by_status = {990, 7, 1, 2};
  amend::ErrorCount error;
  error.code = "http.500";
  error.count = 7;
  error.row = 17;
  error.line = 18;
  error.text = "the server \x1b[2J said no";
  out.errors = {error};
  out.files = {"results.ndjson", "failed.csv", "rejected.csv", "unknown.csv", "summary.json"};
  return out;
}

}  // namespace

TEST_CASE("closing: after a success there is nothing left to do") {
  const std::string text = cli::closing_text(thousand_rows());
  CHECK(text.starts_with("done: every row succeeded\n"));
  for (const char* part :
       {"1,000 read, 1,000 success", "40.0 s, 25.0 rows/s; 1,002 attempts, 2 retries, 4 connections",
        "p50 1.5 ms, p99 90 ms, longest 120 ms", "amend-runs/a/results.ndjson", "none: the run is complete"}) {
    CAPTURE(part);
    CHECK(holds(text, part));
  }
  CHECK_FALSE(holds(text, "unsent"));
  CHECK(cli::next_commands(thousand_rows()).empty());
}

TEST_CASE("closing: failed rows are counted, explained by an example, and the next command is there to copy") {
  const std::string text = cli::closing_text(some_failed());
  for (const char* part :
       {"done with errors: some rows did not succeed", "990 success, 7 failed, 1 unknown, 2 rejected",
        "7 x http.500, e.g. row 17, line 18: the server \\x1b[2J said no", "-> ", "amend retry amend-runs/a ",
        "amend update amend-runs/a/rejected.csv "}) {
    CAPTURE(part);
    CHECK(holds(text, part));
  }
  CHECK_FALSE(holds(text, "\x1b"));
  CHECK_FALSE(holds(text, "nothing is left"));
}

TEST_CASE("closing: every exit code of a run that stopped is told with its reason") {
  for (const ExitCode code :
       {ExitCode::input, ExitCode::stopped_resumable, ExitCode::stopped_needs_operator, ExitCode::not_durable,
        ExitCode::broken_invariant, ExitCode::interrupted, ExitCode::terminated}) {
    Summary summary = some_failed();
    summary.exit_code = code;
    summary.stop_reason = "because of this";
    summary.unsent = 500;
    summary.files.push_back("unsent.csv");
    const std::string text = cli::closing_text(summary);
    CAPTURE(text);
    CHECK(text.starts_with("stopped early (exit code " + std::to_string(static_cast<int>(code)) +
                           "): because of this\n"));
    CHECK(holds(text, "500 unsent"));
    CHECK(holds(text, "amend resume amend-runs/a "));
    CHECK(cli::closing_line(summary) ==
          "amend: because of this; 990 of 1,000 rows succeeded: amend status amend-runs/a\n");
  }
}

TEST_CASE("closing: unsent rows of standard input are said not to be known") {
  Summary summary = thousand_rows();
  summary.exit_code = ExitCode::interrupted;
  summary.unsent.reset();
  summary.input = "-";
  CHECK(holds(cli::closing_text(summary), "number of unsent rows not known (the rest of standard input was not read)"));
}

TEST_CASE("closing: --quiet says nothing after a success") {
  CHECK(cli::closing_line(thousand_rows()).empty());
  CHECK(cli::closing_line(some_failed()) == "amend: 990 of 1,000 rows succeeded: amend status amend-runs/a\n");
}

TEST_CASE("closing: of many error codes five are shown and the others counted") {
  Summary summary = some_failed();
  for (int i = 0; i < 7; ++i) {
    summary.errors.push_back(summary.errors.front());
    summary.errors.back().code = "E00000" + std::to_string(i);
  }
  const std::string text = cli::closing_text(summary);
  CHECK(holds(text, "E000003"));
  CHECK_FALSE(holds(text, "E000004"));
  CHECK(holds(text, "and 3 more codes: see summary.json"));
}

TEST_CASE("closing: a file name with spaces or quotes can be pasted into a shell") {
  CHECK(amend::shell_quoted("runs/a-1.csv") == "runs/a-1.csv");
  CHECK(amend::shell_quoted("my runs/a") == "'my runs/a'");
  CHECK(amend::shell_quoted("it's") == "'it'\\''s'");
  CHECK(amend::shell_quoted("") == "''");
  CHECK(amend::shell_quoted("a\nb\t\xE9'\\") == "$'a\\nb\\x09\\xe9\\'\\\\'");
  CHECK(amend::shell_quoted("caf\xC3\xA9") == "'caf\xC3\xA9'");
  CHECK(amend::shell_quoted("a\xE2\x80\xAE b") == "$'a\\xe2\\x80\\xae b'");
  CHECK(amend::shell_path("-x") == "./-x");
  CHECK(amend::shell_path("-") == "-");
  CHECK(amend::shell_path("- a") == "'./- a'");
}

TEST_CASE("closing: superseded rows are counted, and so are failed ones that a later row has overtaken") {
  Summary summary = some_failed();
  summary.rows_by_status[static_cast<std::size_t>(Status::superseded)] = 3;
  CHECK(holds(cli::closing_text(summary), "2 rejected, 3 superseded"));
  CHECK_FALSE(holds(cli::closing_text(summary), "in a later row"));
  summary.overtaken = 8;
  summary.overtaken_rejected = 1;
  CHECK(holds(cli::closing_text(summary),
              "the retry files leave out 9 rows, because a later row of the same customer succeeded"));
  CHECK_FALSE(holds(cli::closing_text(summary), "amend retry amend-runs"));
}

TEST_CASE("closing: what failed of standard input is to be fed back from the files, as it cannot be read again") {
  Summary summary = some_failed();
  summary.input = "-";
  const std::string text = cli::closing_text(summary);
  CHECK_FALSE(holds(text, "amend retry amend-runs"));
  CHECK(holds(text, "amend update amend-runs/a/failed.csv "));
  CHECK(holds(text, "amend update amend-runs/a/unknown.csv "));
}

TEST_CASE("closing: what refused the connection is tried with ping before the run is gone on with") {
  Summary summary = some_failed();
  summary.exit_code = ExitCode::stopped_needs_operator;
  summary.stop_cause = amend::StopCause::credentials;
  summary.unsent = 500;
  amend::Config config;
  config.target.url = "https://api.example";
  const std::string text = cli::closing_text(summary, cli::RunOrigin(config));
  const auto ping = text.find("  next      amend ping --url https://api.example   # ");
  REQUIRE(ping != std::string::npos);
  CHECK(text.find("            amend resume amend-runs/a   # ") > ping);
}

TEST_CASE("closing: a code of the API is not explained here, but the command that does is named") {
  Summary summary = some_failed();
  summary.errors.front().code = "E000006";
  CHECK(holds(cli::closing_text(summary), "  -> amend explain E000006\n"));
}

TEST_CASE("closing: a run that could not read its input to the end is gone on with after the input is restored") {
  Summary summary = some_failed();
  summary.exit_code = ExitCode::input;
  summary.stop_cause = amend::StopCause::input_failed;
  summary.unsent.reset();
  CHECK(holds(cli::closing_text(summary), "amend resume amend-runs/a   # after the input is restored\n"));
}
