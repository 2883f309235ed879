// An operator types the suggested command unchanged: it must be there, work, and be safe.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>

#include "fixture.hpp"

using namespace test;

namespace {

// 50 rows per second, with a simulator that takes 20 ms.
const std::vector<std::string> one_by_one{"--connections", "1", "--pipeline", "1"};

// The commands behind "next", without their comments.
std::vector<std::string> next_of(const std::string& text) {
  constexpr std::string_view label = "  next      ";
  std::vector<std::string> commands;
  auto at = text.find(label);
  while (at != std::string::npos && at + label.size() < text.size()) {
    const auto end = text.find('\n', at);
    const std::string command = text.substr(at + label.size(), end - at - label.size());
    commands.push_back(command.substr(0, command.find("   #")));
    const bool more = end != std::string::npos && text.compare(end + 1, 18, "            amend ") == 0;
    at = more ? end + 1 : std::string::npos;
  }
  return commands;
}

Finished type(const std::string& command) {
  const std::string folder = std::filesystem::path(AMEND_PROGRAM).parent_path();
  return run({"/bin/bash", "-c", "PATH=" + folder + ":$PATH; " + command});
}

std::string first_next(const Finished& finished) {
  CAPTURE(finished.err);
  const auto commands = next_of(finished.err);
  REQUIRE_FALSE(commands.empty());
  return commands.front();
}

}  // namespace

TEST_CASE("next: a run directory in use names the command that asks the run in it, and that answers") {
  Interrupted test({"--latency", "20ms"}, one_by_one);
  test.wait_for_results(1);
  const Finished second = test.work.update(test.simulator.url(), {"--new"});
  CHECK(second.code == 7);
  CHECK(first_next(second) == "amend control " + test.work.directory + " status");
  CHECK(type(first_next(second)).code == 0);

  const Finished beside = run({AMEND_PROGRAM, "update", test.work.input, "--url", test.simulator.url(), "--auth",
                               "none", "--run", test.work.dir.file("other")});
  CHECK(beside.code == 2);
  CHECK(says(beside, "this run of the same file is still running"));
  CHECK(first_next(beside) == "amend control " + test.work.directory + " status --watch");
  test.process->signal(SIGINT);
  CHECK(test.process->wait(limit) == 130);
  const auto commands = next_of(read_file(test.work.dir.file("err")));
  REQUIRE(commands.size() == 1);
  CHECK(commands[0] == "amend resume " + test.work.directory);
}

TEST_CASE("next: a run that was killed is resumed with the command that every refusal names") {
  Interrupted test({"--latency", "20ms"}, one_by_one);
  test.wait_for_results(1);
  test.process->signal(SIGKILL);
  CHECK(test.process->wait(limit) != 0);
  const std::string resume = "amend resume " + test.work.directory;
  CHECK(first_next(run({AMEND_PROGRAM, "retry", test.work.directory})) == resume);
  CHECK(first_next(test.work.update(test.simulator.url())) == "amend status " + test.work.directory);
  CHECK(next_of(run({AMEND_PROGRAM, "status", test.work.directory}).out) == std::vector{resume});
  const Finished resumed = type(resume + " --connections 16 --pipeline 8 --progress none");
  CAPTURE(resumed.err);
  CHECK(resumed.code == 0);
  CHECK(count_status(test.work.directory, "success") == test.customers.size());
}

TEST_CASE("next: for a directory that holds no run the runs beside it are listed, with every command that takes one") {
  Simulator simulator;
  const Work work(rows(1), "customers.csv");
  REQUIRE(work.update(simulator.url()).code == 0);
  for (const char* command : {"status", "resume", "retry", "verify", "undo", "report", "export"}) {
    std::vector<std::string> all{AMEND_PROGRAM, command, work.dir.file("no such run")};
    if (all[1] == "export") all.emplace_back("--csv");
    const Finished finished = run(all);
    CAPTURE(command);
    CHECK(finished.code == 2);
    CHECK(first_next(finished) == "amend runs " + work.dir.path());
  }
  const Finished control = run({AMEND_PROGRAM, "control", work.dir.file("no such run"), "status"});
  CHECK(first_next(control) == "amend runs " + work.dir.path());
  CHECK(type(first_next(control)).out.find(work.directory) != std::string::npos);
}

TEST_CASE("next: a column that is called otherwise is mapped with the command that is named, and the check is clean") {
  const std::string text = rows(3);
  const Work work("id,name,Telephone" + text.substr(text.find("phone") + 5), "a b.csv");
  const Finished finished = work.update("http://127.0.0.1:9");
  CHECK(finished.code == 2);
  CHECK(first_next(finished) == "amend check '" + work.input + "' --map phone=Telephone");
  CHECK(type(first_next(finished)).code == 0);
  const Finished misspelt = work.update("http://127.0.0.1:9", {"--map", "phone=Telefone"});
  CHECK(first_next(misspelt) == "amend check '" + work.input + "' --map phone=Telephone");
}

TEST_CASE("next: --strict names the check that shows every row that would be rejected") {
  const Work work(rows(1) + "not-a-uuid,Ann,5,,,\r\n");
  const Finished finished = work.update("http://127.0.0.1:9", {"--strict"});
  CHECK(finished.code == 3);
  CHECK(first_next(finished) == "amend check " + work.input);
  CHECK(type(first_next(finished)).out.find("input.id.not_uuid") != std::string::npos);
}

TEST_CASE("next: a refused certificate is tried with ping, which says the same; then the run is gone on with") {
  Simulator simulator({"--cert", certificates() + "/expired.pem", "--key", certificates() + "/server.key"});
  const Work work(rows(3));
  std::vector<std::string> command = signing_options();
  command.insert(command.end(), {"--ca-file", certificates() + "/ca.pem"});
  std::vector<std::string> all{AMEND_PROGRAM, "update", work.input, "--url", simulator.url(), "--run", work.directory};
  all.insert(all.end(), command.begin(), command.end());
  const Finished finished = run(all);
  CHECK(finished.code == 5);
  const auto commands = next_of(finished.err);
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].starts_with("amend ping --url " + simulator.url() + " --app-id "));
  CHECK(commands[1] == "amend resume " + work.directory);
  const Finished ping = type(commands[0]);
  CHECK(ping.code == 5);
  CHECK(says(ping, "certificate has expired"));
}

TEST_CASE("next: after a --guard stop no command would send the rest of the file, whoever is asked") {
  Simulator simulator({"--latency", "20ms"});
  std::string text = "id,name,phone,reference_number\r\n";
  for (const Customer& customer : make_customers(50)) text += customer.id + ",Ann,60000001,R1\r\n";
  const Work work(text);
  std::vector<std::string> options = one_by_one;
  options.insert(options.end(), {"--guard", "reference_number=reference_number"});
  const Finished finished = work.update(simulator.url(), options);
  CAPTURE(finished.err);
  CHECK(finished.code == 5);
  CHECK(number_of(work.summary().at("rows").as_object(), "unsent") > 0);
  CHECK(work.summary().at("stop_cause").as_string() == "guard");
  CHECK_FALSE(says(finished, "amend resume"));
  const Finished status = run({AMEND_PROGRAM, "status", work.directory});
  CHECK(status.out.find("amend re") == std::string::npos);
  const Finished listed = run({AMEND_PROGRAM, "runs", work.dir.path()});
  CHECK(next_of(listed.out) == std::vector{"amend status " + work.directory});
}

TEST_CASE("next: a retry of rejected rows alone sends nothing and names the file to repair") {
  Simulator simulator;
  const Work work(rows(1) + "not-a-uuid,Ann,5,,,\r\n");
  REQUIRE(work.update(simulator.url()).code == 1);
  const Finished finished = run({AMEND_PROGRAM, "retry", work.directory});
  CHECK(finished.code == 1);
  CHECK(first_next(finished).starts_with("amend update " + work.file("rejected.csv") + " --url "));
}

TEST_CASE("next: repaired rows are sent with the command as it is printed, whatever encoding and separator they had") {
  for (const std::string encoding : {"windows-1252", "utf-16le"}) {
    CAPTURE(encoding);
    Simulator simulator;
    std::string text =
        "Customer;Full name;Tel\r\n" + std::string(some_id) + ";Zo" + (encoding == "utf-16le" ? "e" : "\xEB") + ";\r\n";
    if (encoding == "utf-16le") {
      std::string wide;
      for (const char c : text) wide += {c, '\0'};
      text = wide;
    }
    const Work work(text, "it's \xE9.csv");
    const Finished finished =
        work.update(simulator.url(), {"--encoding", encoding, "--delimiter", ";", "--id-column", "Customer", "--map",
                                      "name=Full name", "--map", "phone=Tel"});
    CAPTURE(finished.err);
    REQUIRE(finished.code == 1);
    std::string rejected = read_file(work.file("rejected.csv"));
    const auto at = rejected.find(",,");
    REQUIRE(at != std::string::npos);
    write_file(work.file("rejected.csv"), rejected.insert(at + 1, "555"));
    const std::string command = first_next(finished);
    CHECK(command.find("--encoding") == std::string::npos);
    CHECK(command.find("--delimiter") == std::string::npos);
    const Finished again = type(command + " --progress none --run " + work.dir.file("again"));
    CAPTURE(again.err);
    CHECK(again.code == 0);
    // Nor do the options of the first run do harm.
    const Finished same = type(command + " --progress none --new --encoding " + encoding + " --delimiter ';' --run " +
                               work.dir.file("same"));
    CAPTURE(same.err);
    CHECK(same.code == 0);
    // The rows of the file as it is now are sent.
    const Finished status = run({AMEND_PROGRAM, "status", work.directory});
    CHECK(status.out.find("rejected.csv") == std::string::npos);
    write_file(work.file("rejected.csv"), rejected + "\r\n");
    CHECK(run({AMEND_PROGRAM, "status", work.directory}).out.find("rejected.csv") != std::string::npos);
  }
}

TEST_CASE("next: the command works whatever the name of the run directory is") {
  Simulator simulator;
  const Work work("id,name,phone\r\n" + std::string(some_id) + ",Ann,\r\n");
  for (const std::string& name : {std::string("-x"), std::string("a\nb"), std::string("it's \"q\" $HOME"),
                                  std::string("caf\xE9"), std::string("-")}) {
    CAPTURE(name);
    const std::string inside = "cd '" + work.dir.path() + "'; ";
    auto command = update_command(simulator.url(), work.input, name, {"--new"});
    for (auto& word : command)
      if (word == "--run") word = "--run=" + name;
    std::erase(command, name);
    const Finished finished = run(in_shell(inside, command));
    CAPTURE(finished.err);
    REQUIRE(finished.code == 1);
    std::string next = first_next(finished);
    next.replace(0, std::string("amend update").size(), "amend check");
    next = next.substr(0, next.find(" --url"));
    const Finished looked = type(inside + next);
    CAPTURE(looked.err);
    CHECK(looked.code == 1);
    CHECK(looked.out.find("1 rejected") != std::string::npos);
  }
}

TEST_CASE(
    "next: a file in another encoding, or a JSON array, is refused with a command that works, and nothing is sent") {
  Simulator simulator;
  const Work work("id,name,phone\r\n" + std::string(some_id) + ",J\xFCrgen,5\r\n");
  Finished finished = work.update(simulator.url());
  CAPTURE(finished.err);
  CHECK(finished.code == 2);
  CHECK(says(finished, "1 row is not UTF-8 (row 1, line 2, byte 15)"));
  CHECK(first_next(finished) == "amend check " + work.input + " --encoding windows-1252");
  CHECK(type(first_next(finished)).code == 0);
  CHECK_FALSE(std::filesystem::exists(work.directory));
  CHECK(run({AMEND_PROGRAM, "check", work.input}).code == 2);
  CHECK(run({AMEND_PROGRAM, "check", work.input, "--encoding", "utf-8"}).code == 1);

  write_file(work.input, "id,name,phone\r\n" + std::string(some_id) + ",J\xC3\xBCrgen,5\r\n");
  finished = work.update(simulator.url(), {"--encoding", "gbk"});
  CHECK(finished.code == 2);
  CHECK(first_next(finished) == "amend check " + work.input);
  CHECK(type(first_next(finished)).code == 0);

  const std::string array = work.dir.file("a b.json");
  write_file(array, "[{\"id\":\"" + std::string(some_id) + "\",\"name\":\"Ann\",\"phone\":\"5\"}]");
  finished = run(update_command(simulator.url(), array, work.directory));
  CHECK(finished.code == 2);
  CHECK(says(finished, "jq -c '.[]' '" + array + "' | amend update -"));
  CHECK(first_next(finished) == "jq -c '.[]' '" + array + "' | amend check - --format ndjson");
  CHECK(requests_at(simulator) == 0);
}
