// The program's descriptions of itself: completion in real shells, manual pages for a real groff, explained codes,
// listed runs.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "amend/error.hpp"
#include "ground.hpp"

using namespace test;

namespace {

Finished typed(std::vector<std::string> words) {
  words.insert(words.begin(), AMEND_PROGRAM);
  return run(words);
}

bool tells(const Finished& finished, const std::string& text) { return finished.out.find(text) != std::string::npos; }

/// What a shell offers behind `words`, the last of which is being typed.
std::string bash_offers(const std::string& script, const std::string& words) {
  const Finished finished = run({"/bin/bash", "-c",
                                 "source \"$1\"; COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _amend; "
                                 "printf '%s\\n' \"${COMPREPLY[@]}\"",
                                 "bash", script, words});
  REQUIRE(finished.code == 0);
  return "\n" + finished.out;
}

std::string script_of(const TempDir& dir, const std::string& shell) {
  const Finished finished = typed({"completion", shell});
  REQUIRE(finished.code == 0);
  write_file(dir.file(shell), finished.out);
  return dir.file(shell);
}

bool is_installed(const std::string& tool) {
  if (std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0) return true;
  MESSAGE(tool << " is not installed: not asked");
  return false;
}

std::vector<std::string> commands() {
  std::vector<std::string> names;
  const std::string script = typed({"completion", "fish"}).out;
  const std::string before = "__fish_use_subcommand -a ";
  for (std::size_t at = script.find(before); at != std::string::npos; at = script.find(before, at + 1))
    names.push_back(script.substr(at + before.size(), script.find(' ', at + before.size()) - at - before.size()));
  return names;
}

}  // namespace

TEST_CASE("completion: bash offers commands, the options of a command, files, and what control can do") {
  const TempDir dir;
  const std::string script = script_of(dir, "bash");
  CHECK(bash_offers(script, "amend rec") == "\nreconcile\n");
  CHECK(bash_offers(script, "amend reconcile --bas") == "\n--baseline\n");
  CHECK(bash_offers(script, "amend status --bas") == "\n\n");
  CHECK(bash_offers(script, "amend control some-run dr") == "\ndrain\n");
  CHECK(bash_offers(script, "amend explain input.phone.c") == "\ninput.phone.country_code\n");
  write_file(dir.file("customers.csv"), "");
  CHECK(bash_offers(script, "amend update " + dir.file("cust")) == "\n" + dir.file("customers.csv") + "\n");
  CHECK(bash_offers(script, "amend update --ca-file " + dir.file("cust")) == "\n" + dir.file("customers.csv") + "\n");
}

TEST_CASE("completion: fish offers commands and the options of a command, with what they do") {
  if (!is_installed("fish")) return;
  const TempDir dir;
  const std::string script = script_of(dir, "fish");
  const auto offers = [&](const std::string& line) {
    return run({"/usr/bin/env", "HOME=" + dir.path(), "fish", "--no-config", "-c",
                "source " + script + "; complete -C '" + line + "'"})
        .out;
  };
  CHECK(offers("amend reco").starts_with("reconcile\tCompare FILE"));
  CHECK(offers("amend reconcile --basel").starts_with("--baseline\t"));
  CHECK(offers("amend status --basel").empty());
}

TEST_CASE("completion: zsh takes its script, as a function and sourced") {
  if (!is_installed("zsh")) return;
  const TempDir dir;
  const std::string script = script_of(dir, "zsh");
  const Finished sourced = run(
      {"/usr/bin/env", "HOME=" + dir.path(), "zsh", "-f", "-c",
       "autoload -Uz compinit && compinit -u -D && source " + script + " && print $_comps[amend] && functions _amend"});
  CHECK(sourced.code == 0);
  CHECK(sourced.err.empty());
  CHECK(sourced.out.starts_with("_amend\n"));
  CHECK(tells(sourced, "--baseline["));
}

TEST_CASE("completion: another shell is refused by name") {
  CHECK(says(typed({"completion", "tcsh"}), "bash, zsh or fish, got \"tcsh\""));
}

TEST_CASE("completion: bash offers commands and topics behind help") {
  const TempDir dir;
  const std::string script = script_of(dir, "bash");
  CHECK(bash_offers(script, "amend help retri") == "\nretries\n");
  CHECK(bash_offers(script, "amend help verif") == "\nverify\n");
}

TEST_CASE("help: a topic is printed, an unknown one is an error with what was meant") {
  const Finished topic = typed({"help", "retries"});
  CHECK(topic.code == 0);
  CHECK(topic.out.starts_with("# "));
  CHECK(topic.err.empty());
  const Finished unknown = typed({"help", "retreis"});
  CHECK(unknown.code == 2);
  CHECK(unknown.out.empty());
  CHECK(says(unknown, "did you mean retries?"));
}

TEST_CASE("version: shows the commit, the compiler and the libraries, also as JSON") {
  const Finished shown = typed({"version"});
  CHECK(shown.code == 0);
  for (const char* part : {"amend ", "commit ", "compiler ", "Boost ", "OpenSSL ", "fmt "}) CHECK(tells(shown, part));
  const auto members = boost::json::parse(typed({"version", "--json"}).out).as_object();
  for (const char* name : {"version", "commit", "compiler", "boost", "openssl", "fmt"}) CHECK(members.contains(name));
}

TEST_CASE("man: groff has nothing to say against the page of any command, and it has all of --help") {
  REQUIRE(commands().size() > 10);
  if (!is_installed("groff")) return;
  auto pages = commands();
  pages.emplace_back();
  for (const std::string& page : pages) {
    CAPTURE(page);
    const Finished source = page.empty() ? typed({"man"}) : typed({"man", page});
    REQUIRE(source.code == 0);
    const TempDir dir;
    write_file(dir.file("page"), source.out);
    const Finished set = run({"groff", "-man", "-Tutf8", "-ww", "-P-cbou", dir.file("page")});
    CHECK(set.code == 0);
    CHECK(set.err.empty());
    CHECK(tells(set, "SYNOPSIS"));
    CHECK(tells(set, "Examples:"));
  }
  CHECK(typed({"man", "nothing"}).code == 2);
}

TEST_CASE("explain: tells of each own code what it means and what to do; of another that it is the API's") {
  const Finished one = typed({"explain", "http.503"});
  CHECK(one.code == 0);
  CHECK(tells(one, "http.503 (http.*)"));
  CHECK(tells(one, "If `source` is gateway"));
  const Finished all = typed({"explain"});
  for (const auto& own : amend::own_codes()) CHECK(tells(all, std::string(own.remedy)));
  const Finished theirs = typed({"explain", "E000002"});
  CHECK(theirs.code == 1);
  CHECK(tells(theirs, "a code of the API"));
  CHECK(text_of(boost::json::parse(typed({"explain", "input.nul", "--json"}).out).as_object(), "code") == "input.nul");
}

TEST_CASE("runs: lists what lies in a folder, the latest first, how it stands, and what to type next") {
  Ground ground;
  write_file(ground.dir.file("a.csv"), "id,name,phone\n" + uuid_of(1) + ",N,P1\n");
  const auto update = [&](const std::string& file, const std::string& name) {
    return run(update_command(ground.simulator->url(), ground.dir.file(file), ground.directory(name)));
  };
  CHECK(update("a.csv", "well").code == 0);
  write_file(ground.dir.file("b.csv"), "id,name,phone\n" + uuid_of(9'999) + ",N,P1\n");
  CHECK(update("b.csv", "failed").code == 1);
  CHECK(ground.reconcile("id,phone\n" + uuid_of(1) + ",other1\n", "report").code == 1);
  std::filesystem::copy(ground.directory("well"), ground.directory("killed"));
  std::filesystem::remove(ground.directory("killed") + "/summary.json");

  const Finished listed = typed({"runs", ground.dir.path(), "--json"});
  CHECK(listed.code == 0);
  const auto runs = boost::json::parse(listed.out).as_array();
  REQUIRE(runs.size() == 4);
  std::string last_began = "9";
  for (const auto& value : runs) {
    const auto& one = value.as_object();
    CHECK(text_of(one, "started_at") <= last_began);
    last_began = text_of(one, "started_at");
    const std::string place = text_of(one, "run");
    const std::string name = place.substr(place.rfind('/') + 1);
    CAPTURE(name);
    const std::string next = one.at("next").is_null() ? "" : text_of(one, "next");
    if (name == "well") CHECK((text_of(one, "state") == "finished" && next.empty()));
    if (name == "failed") CHECK((text_of(one, "state") == "finished" && next == "amend status " + place));
    if (name == "report") CHECK((text_of(one, "state") == "report" && next.empty()));
    if (name == "killed") CHECK((text_of(one, "state") == "killed" && next == "amend resume " + place));
  }
  CHECK(tells(typed({"runs", ground.dir.path()}), "next      amend resume " + ground.directory("killed")));
  CHECK(says(typed({"runs", ground.dir.file("none")}), "name the folder that contains the runs"));
}

TEST_CASE("runs: one that goes on is told as that, and looking at it does not disturb it") {
  Interrupted going({"--latency", "30ms"}, {"--connections", "1", "--pipeline", "1"});
  going.wait_for_results(3);
  const Finished listed = typed({"runs", going.work.dir.path(), "--json"});
  const auto one = boost::json::parse(listed.out).as_array().at(0).as_object();
  CHECK(text_of(one, "state") == "running");
  CHECK(text_of(one, "next").starts_with("amend control "));
  going.process->signal(SIGINT);
  CHECK(going.process->wait(limit) == 130);
}
