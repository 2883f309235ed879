// `amend check`: its report on small files, compared with their content; and the same check before `update`.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>

#include "fixture.hpp"

using namespace test;

namespace {

namespace json = boost::json;

constexpr auto other_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

std::vector<std::string> check_command(const std::string& file, const std::vector<std::string>& options) {
  std::vector<std::string> all{AMEND_PROGRAM, "check", file};
  all.insert(all.end(), options.begin(), options.end());
  return all;
}

Finished check(const std::string& file, const std::vector<std::string>& options = {}) {
  return run(check_command(file, options));
}

// The --json report; the exit code is the one it names.
json::object report_of(const std::string& file, std::vector<std::string> options = {}) {
  options.emplace_back("--json");
  const Finished finished = check(file, options);
  CAPTURE(finished.err);
  CHECK(finished.err.empty());
  const auto object = json::parse(finished.out).as_object();
  CHECK(object.at("exit_code").as_int64() == finished.code);
  return object;
}

std::string row(const std::string& id, const std::string& rest) { return id + "," + rest + "\n"; }

std::string utf16(const std::string& ascii) {
  std::string out = "\xff\xfe";
  for (const char c : ascii) out += {c, '\0'};
  return out;
}

}  // namespace

TEST_CASE("check: damaged values end with 1, with field, places and remedy; hints end with 0") {
  const Work work(std::string("id,name,phone\n") + row(some_id, "Ann,4.9E+11") + row(other_id, "=Acme,5"));
  json::object report = report_of(work.input);
  CHECK(number_of(report, "exit_code") == 1);
  CHECK(number_of(report, "damaged_rows") == 1);
  const auto& findings = report.at("findings").as_array();
  REQUIRE(findings.size() == 3);
  const auto& first = findings.front().as_object();
  CHECK(text_of(first, "code") == "value.scientific");
  CHECK(text_of(first, "degree") == "damage");
  CHECK(text_of(first, "field") == "phone");
  CHECK(number_of(first, "column") == 3);
  CHECK(number_of(first.at("first").as_array().front().as_object(), "line") == 2);
  CHECK_FALSE(text_of(first, "remedy").empty());
  CHECK(text_of(first, "example").find("4.9E") == std::string::npos);
  const Finished text = check(work.input);
  for (const char* part : {"damage    1 x value.scientific in phone (column 3)", "row 1, line 2", "-> ",
                           "hint      1 x value.name_sign in name"})
    CHECK(text.out.find(part) != std::string::npos);
  const Work odd(std::string("id,name,phone\n") + row(other_id, "=Acme,5"));
  report = report_of(odd.input);
  CHECK(number_of(report, "exit_code") == 0);
  CHECK(report.at("clean").as_bool());
}

TEST_CASE("check: a clean file is 0, and nothing is created beside it") {
  const Work work(rows(50));
  const json::object report = report_of(work.input);
  CHECK(number_of(report, "exit_code") == 0);
  CHECK(report.at("clean").as_bool());
  for (const char* count : {"rows", "to_send"}) CHECK(number_of(report, count) == 50);
  CHECK(number_of(report, "bytes") == static_cast<std::int64_t>(std::filesystem::file_size(work.input)));
  CHECK(report.at("seconds").as_double() == doctest::Approx(2));
  CHECK(std::distance(std::filesystem::directory_iterator(work.dir.path()), {}) == 1);
  const Finished text = check(work.input);
  CHECK(text.code == 0);
  CHECK(text.out.starts_with("clean: every row would be sent\n"));
  CHECK(check(work.input, {"--quiet"}).out.empty());
}

TEST_CASE("check: rejected rows are 1, with their true rows, lines and bytes") {
  const std::string head = "id,name,phone,Notes\n" + row(some_id, "Ada,1,x");
  const std::string no_phone = row(other_id, "Grace,,x");
  const std::string no_id = row("1.23E+15", "Alan,2,x");
  const Work work(head + no_phone + no_id + no_phone);
  const json::object report = report_of(work.input);
  CHECK(number_of(report, "exit_code") == 1);
  CHECK(number_of(report, "rows") == 4);
  CHECK(number_of(report, "to_send") == 1);
  CHECK(number_of(report, "rejected_rows") == 3);
  CHECK(report.at("unknown_columns") == json::array{"Notes"});

  const auto& rejected = report.at("rejected").as_array();
  REQUIRE(rejected.size() == 2);
  CHECK(text_of(rejected[0].as_object(), "code") == "input.phone.missing");
  CHECK(number_of(rejected[0].as_object(), "rows") == 2);
  const std::string text = read_file(work.input);
  const auto& first = rejected[0].at("first").as_array();
  REQUIRE(first.size() == 2);
  CHECK(number_of(first[0].as_object(), "row") == 2);
  CHECK(number_of(first[0].as_object(), "line") == 3);
  CHECK(number_of(first[0].as_object(), "byte") == static_cast<std::int64_t>(text.find(other_id)));
  CHECK(number_of(first[1].as_object(), "byte") == static_cast<std::int64_t>(text.rfind(other_id)));
  const auto& ids = report.at("suspicious_ids").as_array();
  REQUIRE(ids.size() == 1);
  CHECK(text_of(ids[0].as_object(), "code") == "id.scientific");
}

TEST_CASE("check: customers in several rows are 1, counted exactly, and --duplicates says what is sent of them") {
  const Work work("id,name,phone\n" + row(some_id, "A,1") + row(other_id, "B,2") +
                  row("3F2504E0-4F89-41D3-9A0C-0305E82C3301", "C,3") + row(some_id, "D,4"));
  const json::object report = report_of(work.input);
  CHECK(number_of(report, "exit_code") == 1);
  const auto& twice = report.at("duplicates").as_object();
  CHECK(number_of(twice, "customers") == 1);
  CHECK(number_of(twice, "rows") == 3);
  CHECK(twice.at("exact").as_bool());
  CHECK(number_of(report, "to_send") == 4);
  for (const auto& [how, sent, superseded, rejected] :
       {std::tuple("last", 2, 2, 0), std::tuple("first", 2, 2, 0), std::tuple("reject", 1, 0, 3)}) {
    CAPTURE(how);
    const json::object other = report_of(work.input, {"--duplicates", how});
    CHECK(number_of(other, "to_send") == sent);
    CHECK(number_of(other, "superseded") == superseded);
    CHECK(number_of(other, "rejected_rows") == rejected);
  }
}

TEST_CASE("check: a wrong option or mapping is 2, what cannot be read is 3, and both are told in one line") {
  const Work work("id,Full Name,phone\n" + row(some_id, "A,1"));
  const Finished unmapped = check(work.input);
  CHECK(unmapped.code == 2);
  CHECK(says(unmapped, "--map name=COLUMN"));
  CHECK(check(work.input, {"--map", "name=Nobody"}).code == 2);
  CHECK(check(work.input, {"--encoding", "no-such-encoding"}).code == 2);
  CHECK(check(work.dir.file("nothing.csv")).code == 3);
  CHECK(check(work.dir.path()).code == 3);
  CHECK(check(work.input, {"--map", "name=Full Name"}).code == 0);
}

TEST_CASE("check: standard input can be checked too") {
  const Work work(rows(20));
  const Finished finished = run(check_command("-", {"--json"}), {}, limit, work.input);
  CHECK(finished.code == 0);
  const json::object report = json::parse(finished.out).as_object();
  CHECK(number_of(report, "rows") == 20);
  CHECK(number_of(report, "bytes") == static_cast<std::int64_t>(std::filesystem::file_size(work.input)));
}

TEST_CASE("check: UTF-16 and the separator are recognised and named") {
  const Work work(utf16("id;name;phone\n" + std::string(some_id) + ";Ada;1\n"));
  const json::object report = report_of(work.input);
  CHECK(text_of(report, "encoding") == "UTF-16LE");
  CHECK(text_of(report, "delimiter") == ";");
  CHECK(number_of(report, "to_send") == 1);
  const json::object commas = report_of(Work(rows(1)).input);
  CHECK(text_of(commas, "encoding") == "UTF-8");
  CHECK(text_of(commas, "delimiter") == ",");
}

TEST_CASE("check: --limit reads no further, and an empty file is clean") {
  const Work work(rows(20));
  CHECK(number_of(report_of(work.input, {"--limit", "5"}), "rows") == 5);
  CHECK(number_of(report_of(Work().input), "exit_code") == 0);
}

TEST_CASE("check: --save-config writes what --config reads back, for update too") {
  // Column names that a careless writer or reader would break.
  const std::string name_column = "Full \"Name\" #1, [été] \\ 'x'";
  const Work work("Kunde;\"Full \"\"Name\"\" #1, [été] \\ 'x'\";Tel\n" + std::string(some_id) +
                  "; Ada Lovelace ;+852 12345678\n");
  const std::vector<std::string> mapping{"--id-column",  "Kunde",       "--map",   "name=" + name_column,
                                         "--map",        "phone=Tel",   "--trim",  "--split-phone",
                                         "--duplicates", "last",        "--blank", "email=empty",
                                         "--recover",    "--delimiter", ";",       "--encoding",
                                         "utf-8",        "--format",    "csv"};
  const std::string saved = work.dir.file("export config.toml");
  auto saving = mapping;
  saving.insert(saving.end(), {"--save-config", saved});
  const json::object direct = report_of(work.input, saving);
  CHECK(number_of(direct, "exit_code") == 0);
  struct stat status {};
  REQUIRE(::stat(saved.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(report_of(work.input, {"--config", saved}) == direct);

  const std::string before = read_file(saved);
  CHECK(check(work.input, saving).code == 2);
  CHECK(read_file(saved) == before);

  const auto dry = [&](const std::vector<std::string>& options) {
    auto all = options;
    all.emplace_back("--dry-run");
    const Finished finished = run(update_command("http://127.0.0.1:1", work.input, work.directory, all));
    CHECK(finished.code == 0);
    return finished.out;
  };
  const std::string sent = dry({"--config", saved});
  CHECK(sent == dry(mapping));
  CHECK(sent.find("\"dial_code\":\"+***\"") != std::string::npos);
}

TEST_CASE("update: the whole file is looked at before the first request, unless --skip-check says no") {
  const Work work("id,name,phone\n" + row(some_id, "A,1") + row(other_id, "B,"));
  Simulator simulator;
  const Finished looked = work.update(simulator.url());
  CHECK(looked.code == 1);
  CHECK(says(looked, "2 rows: 1 to send, 1 would be rejected (amend check "));
  CHECK(says(looked, "CSV, UTF-8, separator comma"));
  std::filesystem::remove_all(work.directory);
  const Finished skipped = work.update(simulator.url(), {"--skip-check"});
  CHECK(skipped.code == 1);
  CHECK_FALSE(says(skipped, "would be rejected"));
}

TEST_CASE("update: --strict stops before the first request when a row would be rejected") {
  const Work work("id,name,phone\n" + row(some_id, "A,1") + row(other_id, "B,"));
  Simulator simulator;
  const Finished finished = work.update(simulator.url(), {"--strict"});
  CHECK(finished.code == 3);
  CHECK(says(finished, "--strict: row 2, line 3, byte "));
  CHECK_FALSE(std::filesystem::exists(work.directory));
  simulator.stop();
  CHECK(requests_at(simulator) == 0);
}

TEST_CASE("update: --skip-check leaves --duplicates as it is") {
  const Work work("id,name,phone\n" + row(some_id, "A,1") + row(some_id, "B,2"));
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, std::vector<std::string>{"--skip-check"}}) {
    Simulator simulator;
    auto options = more;
    options.insert(options.end(), {"--duplicates", "last"});
    CHECK(work.update(simulator.url(), options).code == 0);
    CHECK(count_status(work.directory, "superseded") == 1);
    simulator.stop();
    CHECK(requests_at(simulator) == 1);
    std::filesystem::remove_all(work.directory);
  }
}

TEST_CASE("check: a signal ends it at once, 130 and 143, and it says nothing about a file it has not read") {
  // The text distinguishes an exit from a death by the signal, which a shell would show as the same number.
  for (const auto& [number, code, words] :
       {std::tuple(SIGINT, 130, "amend: interrupted\n"), std::tuple(SIGTERM, 143, "amend: terminated\n")}) {
    const TempDir dir;
    REQUIRE(::mkfifo(dir.file("endless.csv").c_str(), 0600) == 0);
    Process process(check_command(dir.file("endless.csv"), {"--save-config", dir.file("saved.toml")}), dir.file("out"),
                    dir.file("err"));
    std::ofstream pipe(dir.file("endless.csv"), std::ios::binary);  // opens when the program waits for its rows
    pipe << rows(1) << std::flush;
    process.signal(number);
    CHECK(process.wait(limit) == code);
    CHECK(read_file(dir.file("err")) == words);
    CHECK(read_file(dir.file("out")).empty());
    CHECK_FALSE(std::filesystem::exists(dir.file("saved.toml")));
  }
}
