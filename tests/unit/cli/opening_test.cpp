#include "cli/command/opening.hpp"

#include <doctest/doctest.h>

namespace cli = amend::cli;

TEST_CASE("opening: the defaults are safe for a production API, and said") {
  cli::Options options;
  options.config.version = "9.9.9";
  options.config.target.url = "https://gateway.wonder.today";
  options.config.auth.app_id = "0f8fad5b-d9cb-469f-a165-70867728950e";
  options.config.input.file = "customers.csv";
  amend::Plan plan;
  plan.encoding = "windows-1252";
  plan.delimiter = ';';
  plan.mapping = {"id <- id", "name <- Full Name"};
  plan.unknown_columns = {"Notes", "Age"};
  plan.input_bytes = 1'536;
  plan.workers = 2;
  CHECK(cli::opening_text(options, plan) ==
        "amend 9.9.9\n"
        "  target    https://gateway.wonder.today, signed as AppID 0f8fad5b-d9cb-469f-a165-70867728950e\n"
        "  input     customers.csv, CSV, windows-1252, separator ;, 1.5 KiB\n"
        "  columns   id <- id, name <- Full Name\n"
        "  not sent  Notes, Age\n"
        "  rate      25/s, burst 1, 4 connections, depth 4, 2 workers; canary: first 1 row, then 10, then all (to "
        "switch off: --canary off)\n");
}

TEST_CASE("opening: what is not known or not there is not invented") {
  cli::Options options;
  options.config.auth.kind = amend::Auth::none;
  options.config.input.file = "-";
  options.config.input.limit = 1;
  amend::Plan plan;
  plan.format = amend::Format::ndjson;
  const std::string text = cli::opening_text(options, plan);
  CHECK(text.find("standard input, NDJSON, at most 1 row\n") != std::string::npos);
  CHECK(text.find("without credentials") != std::string::npos);
  CHECK(text.find("not sent") == std::string::npos);
  CHECK(text.find("columns") == std::string::npos);
}
