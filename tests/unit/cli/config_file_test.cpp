#include "cli/option/config_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "amend/error.hpp"

namespace cli = amend::cli;
using cli::ConfigItem;
using Values = std::vector<std::string>;

namespace {

std::string file_complaint(std::string_view text) {
  try {
    cli::parse_config(text);
  } catch (const amend::ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("config file: TOML's strings, arrays, sections and comments") {
  const auto items = cli::parse_config(
      "\xEF\xBB\xBF# a comment\r\n"
      "rate = \"10/s\"   # another\r\n"
      "strict = true\n"
      "map = [ \"name=Full \\\"Name\\\" # 1\", # the name\n"
      "  'phone=C:\\tel',\n"
      "]\n"
      "\n"
      "[update]\n"
      "burst = 5\n"
      "[ default ]\n"
      "\"trim\" = false\n");
  CHECK(items == std::vector<ConfigItem>{{"", "rate", {"10/s"}},
                                         {"", "strict", {"true"}},
                                         {"", "map", {"name=Full \"Name\" # 1", "phone=C:\\tel"}},
                                         {"update", "burst", {"5"}},
                                         {"", "trim", {"false"}}});
}

TEST_CASE("config file: items come in the order of the file, with their section") {
  const auto items = cli::parse_config("url = 'https://a.example/#part'\nupdate.burst = 5 # five\nbench.rate = 0.5\n");
  CHECK(items == std::vector<ConfigItem>{
                     {"", "url", {"https://a.example/#part"}}, {"update", "burst", {"5"}}, {"bench", "rate", {"0.5"}}});
  CHECK(cli::parse_config("").empty());
  CHECK(cli::parse_config("\n \n#\n").empty());
  CHECK(cli::parse_config("map = []") == std::vector<ConfigItem>{{"", "map", Values{}}});
  CHECK(cli::parse_config("a = \"\"\"x\ny\"\"\"") == std::vector<ConfigItem>{{"", "a", {"x\ny"}}});
}

TEST_CASE("config file: escapes give their characters") {
  const auto items = cli::parse_config(R"(map = "\t\"\\\n\u00e9\u9673\U0001F600")");
  CHECK(items.front().values == Values{"\t\"\\\n\xC3\xA9\xE9\x99\xB3\xF0\x9F\x98\x80"});
}

TEST_CASE("config file: what cannot be read is refused with its line") {
  for (const char* text : {"a = 'x", "a = [\"x\" \"y\"]", "a = \"x\" y", "= 5", "a = two words", "a = \"\\x\"",
                           "a = \"\\u00\"", "a = \"\\uD800\"", "a = \"\\UFFFFFFFF\"", "[a] b", "strict", "; a comment",
                           "rate = 50/s", "ok = 2", "a = 2026-11-30", "a = 06:00:00", "a = [[1]]", "a = \"\xFF\""}) {
    CAPTURE(text);
    CHECK(file_complaint(std::string("ok = 1\n\n") + text).starts_with("line 3: "));
  }
  for (const char* text : {"a = \"x", "a = [\"x\"", "a = [", "a = \"x\\", "[update"}) {
    CAPTURE(text);
    CHECK(file_complaint(text).starts_with("line 1: "));
  }
}

TEST_CASE("config file: what is wrong with a line is said with the remedy") {
  CHECK(file_complaint("rate = 50/s").starts_with("line 1: not valid TOML, while parsing "));
  CHECK(file_complaint("rate = 50/s").ends_with(". Put text in quotes: rate = \"50/s\""));
  CHECK(file_complaint("a = 2026-11-30") ==
        "line 1: an option takes text, numbers, true or false; put quotes around anything else");
}

TEST_CASE("config file: whatever text a value holds, what was written is read back") {
  const std::vector<Values> cases{{"plain"},
                                  {""},
                                  {"with spaces", "a,b", "[c]"},
                                  {"say \"hi\"", "it's", "back\\slash", "#no comment", "a=b;c"},
                                  {"陳大文 é 😀", "tab\tline\nreturn\r", "\x1b\x7f"},
                                  {}};
  for (const Values& values : cases) {
    const std::string text = cli::config_line("map", values);
    CAPTURE(text);
    CHECK(cli::parse_config(text) == std::vector<ConfigItem>{{"", "map", values}});
    CHECK(std::ranges::count(text, '\n') == 1);
  }
  const std::vector<std::string> pieces{"\x01", "\"", "\\", "'",  "#", "\t", "\n",
                                        "\x7f", "a",  "é",  "陳", "😀", "]",  "="};
  std::mt19937 random(20261124);
  for (int round = 0; round < 500; ++round) {
    Values values(1 + random() % 3);
    for (std::string& value : values) {
      for (auto size = random() % 12; size > 0; --size) value += pieces[random() % pieces.size()];
    }
    REQUIRE(cli::parse_config(cli::config_line("map", values)).front().values == values);
  }
}

TEST_CASE("config file: a value that is not UTF-8 is refused before a file is written") {
  CHECK_THROWS_WITH_AS(cli::config_line("map", {"name=\xFF"}), doctest::Contains("--map: \"name="), amend::ConfigError);
}

TEST_CASE("config file: a new file is its owner's alone, and an old one is never overwritten") {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("amend-config-test-" + std::to_string(::getpid()))).string();
  cli::write_new_file("--save-config", path, "a = 1\n");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_THROWS_AS(cli::write_new_file("--save-config", path, "b = 2\n"), amend::ConfigError);
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "a = 1\n");
  std::filesystem::remove(path);
  CHECK_THROWS_AS(cli::write_new_file("--save-config", path + "/no/such/folder", ""), amend::ConfigError);
}
