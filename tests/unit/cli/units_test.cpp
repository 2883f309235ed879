#include "cli/option/units.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <string>

#include "amend/error.hpp"

using namespace std::chrono_literals;
namespace cli = amend::cli;
using amend::ConfigError;

TEST_CASE("units: a duration is a whole number and its unit") {
  CHECK(cli::parse_duration("--timeout", "500ms") == 500ms);
  CHECK(cli::parse_duration("--timeout", "30s") == 30s);
  CHECK(cli::parse_duration("--timeout", "5m") == 5min);
  CHECK(cli::parse_duration("--timeout", "8h") == 8h);
  CHECK(cli::parse_duration("--grace", "0s") == 0s);
}

TEST_CASE("units: a duration without a unit, with a sign, a fraction or too many digits is refused") {
  for (const char* text :
       {"", "30", "s", "-1s", "+1s", "1.5s", "30 s", "30sec", "1d", "99999999999999999999s", "9999999999h", "1s1s"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(cli::parse_duration("--timeout", text), ConfigError);
  }
  CHECK_THROWS_WITH(cli::parse_duration("--timeout", "30"),
                    "--timeout takes a whole number and a unit (500ms, 30s, 5m, 8h), got \"30\"");
}

TEST_CASE("units: a rate is N/s, N/m, a plain number a second, or unlimited") {
  CHECK(cli::parse_rate("--rate", "25/s") == 40ms);
  CHECK(cli::parse_rate("--rate", "25") == 40ms);
  CHECK(cli::parse_rate("--rate", "60/m") == 1s);
  CHECK(cli::parse_rate("--rate", "0.5/s") == 2s);
  CHECK(cli::parse_rate("--rate", "1/m") == 60s);
  CHECK(cli::parse_rate("--rate", "1000000/s") == 1us);
  CHECK(cli::parse_rate("--rate", "unlimited") == 0ns);
}

TEST_CASE("units: a rate of nothing, below one a minute or above a million a second is refused") {
  for (const char* text :
       {"", "0", "0/s", "-1/s", "0.5/m", "1000001/s", "25/h", "25 /s", "fast", "nan", "inf", "1e3/s"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(cli::parse_rate("--rate", text), ConfigError);
  }
}

TEST_CASE("units: a count out of bounds names the option and both bounds") {
  CHECK(cli::parse_count("--pipeline", "256", 1, 256) == 256);
  CHECK_THROWS_WITH(cli::parse_count("--pipeline", "0", 1, 256), "--pipeline must be between 1 and 256, got 0");
  CHECK_THROWS_WITH(cli::parse_count("--pipeline", "-1", 1, 256), "--pipeline must be between 1 and 256, got -1");
  CHECK_THROWS_AS(cli::parse_count("--pipeline", "4x", 1, 256), ConfigError);
  CHECK_THROWS_AS(cli::parse_count("--limit", "0", 1, std::numeric_limits<std::uint64_t>::max()), ConfigError);
}

TEST_CASE("units: a percentage is a number with at most four decimals and its sign, up to a hundred") {
  CHECK(cli::parse_percent_ppm("--sample", "5%") == 50'000);
  CHECK(cli::parse_percent_ppm("--sample", "0.1%") == 1'000);
  CHECK(cli::parse_percent_ppm("--sample", "0.0001%") == 1);
  CHECK(cli::parse_percent_ppm("--sample", "12.3456%") == 123'456);
  CHECK(cli::parse_percent_ppm("--sample", "99.9999%") == 999'999);
  CHECK(cli::parse_percent_ppm("--sample", "100%") == 1'000'000);
  CHECK(cli::parse_percent_ppm("--sample", "100.0000%") == 1'000'000);
  CHECK(cli::parse_percent_ppm("--sample", "05%") == 50'000);
}

TEST_CASE("units: a percentage without its sign, of nothing, above a hundred or not a number is refused") {
  for (const char* text : {"",
                           "%",
                           "5",
                           ".5%",
                           "1.%",
                           ".%",
                           "0%",
                           "0.0000%",
                           "100.0001%",
                           "101%",
                           "1.23456%",
                           "-1%",
                           "+1%",
                           "1.-5%",
                           "1 %",
                           " 1%",
                           "1%%",
                           "1.2.3%",
                           "1,5%",
                           "1e1%",
                           "five%",
                           "18446744073709551617%",
                           "1844674407370955.2%"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(cli::parse_percent_ppm("--sample", text), ConfigError);
  }
  CHECK_THROWS_WITH(cli::parse_percent_ppm("--sample", "5"),
                    "--sample takes a percentage from 0.0001% to 100%, such as 5%, got \"5\"");
}

TEST_CASE("units: a delimiter is one character or its name") {
  CHECK(cli::parse_delimiter("--delimiter", "tab") == '\t');
  CHECK(cli::parse_delimiter("--delimiter", "\\t") == '\t');
  CHECK(cli::parse_delimiter("--delimiter", "comma") == ',');
  CHECK(cli::parse_delimiter("--delimiter", "semicolon") == ';');
  CHECK(cli::parse_delimiter("--delimiter", "pipe") == '|');
  CHECK(cli::parse_delimiter("--delimiter", "^") == '^');
  CHECK_THROWS_AS(cli::parse_delimiter("--delimiter", ";;"), ConfigError);
}

TEST_CASE("units: an assignment is split at its first equals sign") {
  CHECK(cli::parse_assignment("--map", "name=A=B", "FIELD=COLUMN") ==
        std::pair<std::string, std::string>("name", "A=B"));
  for (const char* text : {"", "name", "=x", "name="}) {
    CAPTURE(text);
    CHECK_THROWS_AS(cli::parse_assignment("--map", text, "FIELD=COLUMN"), ConfigError);
  }
}

TEST_CASE("units: text of the command line cannot write to the terminal through an error message") {
  try {
    cli::parse_duration("--timeout", "\x1b[2J");
    FAIL("not refused");
  } catch (const ConfigError& error) {
    CHECK(std::string(error.what()).find('\x1b') == std::string::npos);
  }
}

TEST_CASE("units: what people read") {
  CHECK(cli::show_rate(40ms) == "25/s");
  CHECK(cli::show_rate(2s) == "30/m");
  CHECK(cli::show_rate(0ns) == "unlimited");
  CHECK(amend::show_duration(480ms) == "480 ms");
  CHECK(amend::show_duration(12'345ms) == "12.3 s");
  CHECK(amend::show_duration(245s) == "4 min 05 s");
  CHECK(amend::show_duration(2h + 7min) == "2 h 07 min");
  CHECK(amend::show_count(0) == "0");
  CHECK(amend::show_count(999) == "999");
  CHECK(amend::show_count(1'000) == "1,000");
  CHECK(amend::show_count(1'234'567) == "1,234,567");
}

TEST_CASE("units: a time of day has a colon and two digits behind it") {
  using amend::cli::parse_time_of_day;
  CHECK(parse_time_of_day("--x", "00:00") == 0);
  CHECK(parse_time_of_day("--x", "6:05") == 365);
  CHECK(parse_time_of_day("--x", "23:59") == 1439);
  CHECK_FALSE(parse_time_of_day("--x", "8h"));
  for (const char* wrong : {"24:00", "06:60", ":30", "06:", "06:5", "06:000", "a:00", "06:0a", "-1:00"}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH_AS(parse_time_of_day("--x", wrong), doctest::Contains("--x takes a time of day"),
                         amend::ConfigError);
  }
}

TEST_CASE("units: a pace is a rate, or found out with or without a bound") {
  const auto fixed = cli::parse_rate_setting("--rate", "25/s");
  CHECK(fixed.mode == amend::RateMode::fixed);
  CHECK(fixed.interval == 40ms);
  CHECK(cli::parse_rate_setting("--rate", "unlimited").interval == 0ns);
  const auto found_out = cli::parse_rate_setting("--rate", "auto");
  CHECK(found_out.mode == amend::RateMode::adaptive);
  CHECK(found_out.interval == 0ns);
  const auto bounded = cli::parse_rate_setting("--rate", "auto:100/s");
  CHECK(bounded.mode == amend::RateMode::adaptive);
  CHECK(bounded.interval == 10ms);
  for (const char* wrong : {"", "auto:", "automatic", "auto:0/s", "AUTO", "auto 5/s"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(cli::parse_rate_setting("--rate", wrong), ConfigError);
  }
}

TEST_CASE("units: a place to listen at is one that no other machine can reach") {
  using cli::ListenAddress;
  using cli::parse_listen_address;
  CHECK(parse_listen_address("--x", "127.0.0.1:9464") == ListenAddress("127.0.0.1", 9464));
  CHECK(parse_listen_address("--x", "127.1.2.3:0") == ListenAddress("127.1.2.3", 0));
  CHECK(parse_listen_address("--x", "localhost:65535") == ListenAddress("127.0.0.1", 65535));
  CHECK(parse_listen_address("--x", "[::1]:80") == ListenAddress("::1", 80));
  for (const char* wrong : {"", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                            "127.0.0.1:-1", "0.0.0.0:9464", "10.0.0.1:9464", "[::]:9464", "::1:9464", "[127.0.0.2:1",
                            "example.com:9464", "localhost.example:1", "[::ffff:10.0.0.1]:1"}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH_AS(parse_listen_address("--x", wrong), doctest::Contains("--x takes ADDRESS:PORT"), ConfigError);
  }
  CHECK(cli::show_address(ListenAddress("::1", 80)) == "[::1]:80");
  CHECK(cli::show_address(ListenAddress("127.0.0.1", 80)) == "127.0.0.1:80");
}
