#include "cli/config_file.hpp"

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

TEST_CASE("config file: INI's bare words, names that stand alone, names that stand twice, names with their section") {
  const auto items = cli::parse_config(
      "; a comment\nurl=https://a.example/#part\nstrict\nmap=name=N\nmap=phone=P\nupdate.burst = 5 # five\n");
  CHECK(items == std::vector<ConfigItem>{{"", "url", {"https://a.example/#part"}},
                                         {"", "strict", {"true"}},
                                         {"", "map", {"name=N", "phone=P"}},
                                         {"update", "burst", {"5"}}});
  CHECK(cli::parse_config("").empty());
  CHECK(cli::parse_config("\n \n#\n").empty());
  CHECK(cli::parse_config("map = []") == std::vector<ConfigItem>{{"", "map", Values{}}});
}

TEST_CASE("config file: escapes give their characters") {
  const auto items = cli::parse_config(R"(map = "\t\"\\\n\u00e9\u9673\U0001F600")");
  CHECK(items.front().values == Values{"\t\"\\\n\xC3\xA9\xE9\x99\xB3\xF0\x9F\x98\x80"});
}

TEST_CASE("config file: what cannot be read is refused with its line") {
  for (const char* text : {"a = \"x", "a = 'x", "a = [\"x\"", "a = [\"x\" \"y\"]", "a = \"x\" y", "[update", "= 5",
                           "a = two words", "a = \"\\x\"", "a = \"\\u00\"", "a = \"\\uD800\"", "a = \"\\UFFFFFFFF\"",
                           "a = \"\"\"x\"\"\"", "[a] b", "a = [", "a = \"x\\"}) {
    CAPTURE(text);
    CHECK(file_complaint(std::string("ok = 1\n\n") + text).starts_with("line 3: "));
  }
}

TEST_CASE("config file: what is wrong with a line is said in these words") {
  CHECK(file_complaint("a = \"x\" y") == "line 1: there is text after the value or the section name");
  CHECK(file_complaint("[update") == "line 1: the ']' at the end of a section name is missing");
  CHECK(file_complaint("= 5") == "line 1: an option's name is missing");
  CHECK(file_complaint("a = [\"x\" \"y\"]") == "line 1: put a comma between the values of an array");
  CHECK(file_complaint("a = [\"x\"") == "line 1: the ']' at the end of an array is missing");
  CHECK(file_complaint("a = two words") == "line 1: an option takes one value; put quotes around a value with spaces");
  CHECK(file_complaint("a = 'x") == "line 1: a quote is not closed");
  CHECK(file_complaint("a = \"\\x\"") == "line 1: unknown escape in \"…\": double the backslash, or use '…'");
  CHECK(file_complaint("a = \"\\u00\"") == "line 1: \\u takes 4 hexadecimal digits, \\U takes 8");
  CHECK(file_complaint("a = \"\\uD800\"") == "line 1: the number after \\u or \\U is not a Unicode character");
}

TEST_CASE("config file: whatever bytes a value holds, what was written is read back") {
  const std::vector<Values> cases{{"plain"},
                                  {""},
                                  {"with spaces", "a,b", "[c]"},
                                  {"say \"hi\"", "it's", "back\\slash", "#no comment", "a=b;c"},
                                  {"陳大文 é 😀", "tab\tline\nreturn\r", "\x1b\x7f", "\xff\xfe"},
                                  {}};
  for (const Values& values : cases) {
    const std::string text = cli::config_line("map", values);
    CAPTURE(text);
    CHECK(cli::parse_config(text) == std::vector<ConfigItem>{{"", "map", values}});
    CHECK(std::ranges::count(text, '\n') == 1);
  }
  std::mt19937 random(20261124);
  for (int round = 0; round < 500; ++round) {
    Values values(1 + random() % 3);
    for (std::string& value : values) {
      for (auto size = random() % 12; size > 0; --size) value += static_cast<char>(1 + random() % 255);
    }
    REQUIRE(cli::parse_config(cli::config_line("map", values)).front().values == values);
  }
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
