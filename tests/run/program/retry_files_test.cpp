// The files that can be fed straight back, and what the run directory must not hold.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <boost/json/serialize.hpp>
#include <filesystem>

#include "fixture.hpp"

using namespace test;

namespace {

// Runs `file` with only the address: its name and columns must contain all the rest.
void check_fed_back(const std::string& file, std::size_t count) {
  Simulator well;
  REQUIRE(std::filesystem::exists(file));
  const TempDir dir;
  const Finished again = run(update_command(well.url(), file, dir.file("again"), {"--rate", "unlimited"}));
  CAPTURE(file);
  CAPTURE(again.err);
  CHECK(again.code == 0);
  CHECK(count_status(dir.file("again"), "success") == count);
}

void check_sums(const Work& work) {
  const auto sums = work.summary().at("rows").as_object();
  std::int64_t ended = 0;
  for (const char* status : {"success", "failed", "unknown", "rejected"}) ended += number_of(sums, status);
  CHECK(number_of(sums, "read") >= ended);
  CHECK(static_cast<std::int64_t>(read_ndjson(work.file("results.ndjson")).size()) == ended);
  if (number_of(sums, "unsent") == 0) CHECK(number_of(sums, "read") == ended);
}

std::string to_ndjson(const std::vector<Customer>& customers) {
  std::string out;
  for (const auto& customer : customers) {
    boost::json::object row{{"id", customer.id}};
    for (const auto& [field, value] : customer.fields) row[field] = value;
    out += boost::json::serialize(row) + "\n";
  }
  return out;
}

// `faults` let every row of both formats end in `status`. Without the faults, each row of the retry files succeeds.
void check_round_trip(const std::vector<std::string>& faults, const std::string& status) {
  const auto customers = make_customers(4);  // more that fail all would be an outage, and wait
  for (const std::string format : {"csv", "ndjson"}) {
    const Work work(format == "csv" ? to_csv(customers) : to_ndjson(customers), "customers." + format);
    Simulator ill(faults);
    CHECK(work.update(ill.url(), {"--max-attempts", "1", "--timeout", "5s"}).code == 1);
    CHECK(count_status(work.directory, status) == customers.size());
    check_sums(work);
    check_fed_back(work.file(status + "." + format), customers.size());
  }
}

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("retry_files: failed.csv and failed.ndjson are fed back as they are when the server is well again") {
  check_round_trip({"--error-share", "500:100%"}, "failed");
}

TEST_CASE("retry_files: unknown.csv and unknown.ndjson are fed back as they are") {
  check_round_trip({"--truncate-share", "100%"}, "unknown");
}

TEST_CASE("retry_files: rejected.csv keeps the row as it was; repaired in place, it is fed back as it is") {
  const Work work("id,name,phone\r\n" + std::string(some_id) + ",\"Ann, \"\"A\"\"\",\r\n");
  Simulator simulator;
  CHECK(work.update(simulator.url()).code == 1);
  check_sums(work);
  std::string text = read_file(work.file("rejected.csv"));
  const auto row = text.find(some_id);
  REQUIRE(row != std::string::npos);
  const std::string before = "\"Ann, \"\"A\"\"\",";
  const auto at = text.find(before, row);
  REQUIRE(at != std::string::npos);
  write_file(work.file("rejected.csv"), text.insert(at + before.size(), "12345"));
  check_fed_back(work.file("rejected.csv"), 1);
}

TEST_CASE("retry_files: rejected.ndjson, repaired in place, is fed back as it is") {
  const Work work("{\"id\":\"" + std::string(some_id) + "\",\"name\":\"Ann\",\"phone\":null}\n", "customers.ndjson");
  Simulator simulator;
  CHECK(work.update(simulator.url()).code == 1);
  std::string text = read_file(work.file("rejected.ndjson"));
  const auto at = text.find("\"phone\":null");
  REQUIRE(at != std::string::npos);
  write_file(work.file("rejected.ndjson"), text.replace(at, 12, "\"phone\":\"5\""));
  check_fed_back(work.file("rejected.ndjson"), 1);
}

TEST_CASE("retry_files: what an interrupted run held back is in unsent.csv, and with the log it is the whole input") {
  const auto customers = make_customers(500);
  const Work work(to_csv(customers));
  Simulator slow({"--latency", "20ms"});
  Process process(work.command(slow.url()), work.dir.file("out"), work.dir.file("err"));
  REQUIRE(wait_for_lines(work.file("results.ndjson"), 20, Process::Seconds(60)));
  process.signal(SIGINT);
  REQUIRE(process.wait(Process::Seconds(60)) == 130);
  check_sums(work);
  check_fed_back(work.file("unsent.csv"), customers.size() - count_status(work.directory, "success"));
}

TEST_CASE("retry_files: a run over another separator and other column names gives files in the original's header") {
  const Work work("Customer;Full name;Tel;id2\n" + std::string(some_id) + ";Ann;5;x\n");
  Simulator ill({"--error-share", "500:100%"});
  const std::vector<std::string> mapping{"--id-column", "Customer", "--map", "name=Full name", "--map", "phone=Tel"};
  auto options = mapping;
  options.insert(options.end(), {"--delimiter", "semicolon", "--max-attempts", "1"});
  CHECK(work.update(ill.url(), options).code == 1);
  CHECK(read_file(work.file("failed.csv"))
            .starts_with("\xEF\xBB\xBF"
                         "Customer,Full name,Tel,id2,amend_"));
  Simulator well;
  const TempDir dir;
  CHECK(run(update_command(well.url(), work.file("failed.csv"), dir.file("again"), mapping)).code == 0);
}

TEST_CASE("run directory: only its owner can read it, and no secret and no body is in its log or run.json") {
  const auto customers = make_customers(20);
  const Work work(to_csv(customers) + "not-a-uuid,Zaphod Beeblebrox,5550100,,,\r\n");
  write_file(work.dir.file("headers"), "X-Gateway-Secret: s3cr3t-header\n");
  auto verifying = verifying_options();
  verifying.insert(verifying.end(), {"--error-share", "500:30%", "--fault-seed", "3"});
  Simulator simulator(verifying);
  auto options = signing_options();
  options.insert(options.end(),
                 {"--max-attempts", "1", "--header-file", work.dir.file("headers"), "--header", "X-Note: open-note"});
  CHECK(work.update(simulator.url(), options).code == 1);

  struct stat status {};
  REQUIRE(::stat(work.directory.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  const std::string key = read_file(certificates() + "/app.key");
  const std::string line_of_key = key.substr(key.find('\n') + 1, 60);
  for (const auto& entry : std::filesystem::directory_iterator(work.directory)) {
    const std::string path = entry.path();
    CAPTURE(path);
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    const std::string text = read_file(path);
    CHECK(occurrences(text, "s3cr3t-header") == 0);
    CHECK(occurrences(text, line_of_key) == 0);
    CHECK(occurrences(text, "Signature") == 0);
    const bool holds_rows = path.ends_with(".csv");
    if (holds_rows) continue;
    for (const auto& customer : customers) CHECK(occurrences(text, customer.fields.at("email")) == 0);
    CHECK(occurrences(text, "Zaphod") == 0);
    CHECK(occurrences(text, "open-note") == 0);
  }
}

TEST_CASE("retry_files: a rejected row that a later row of its customer has overtaken is in no file") {
  const std::string id(some_id);
  const Work work("id,name,phone\r\n" + id + ",OLD,\r\n" + id + ",NEW,2\r\n");
  Simulator simulator;
  const Finished finished = work.update(simulator.url());
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  CHECK_FALSE(std::filesystem::exists(work.file("rejected.csv")));
  CHECK(number_of(work.summary(), "overtaken_rejected") == 1);
  CHECK(says(finished, "the retry files leave out 1 row, because a later row of the same customer succeeded"));
}

TEST_CASE("retry_files: rejected.csv is in the order of the input, with several workers too") {
  std::string text = "id,name,phone\r\n";
  for (const Customer& customer : make_customers(3000))
    text += customer.id + (text.size() % 2 == 0 ? ",\"A\"x,1\r\n" : ",Ann,\r\n");
  const Work work(text);
  Simulator simulator;
  CHECK(work.update(simulator.url(), {"--workers", "4"}).code == 1);
  const std::string rejected = read_file(work.file("rejected.csv"));
  std::uint64_t last = 0;
  std::size_t count = 0;
  for (auto at = rejected.find(",input."); at != std::string::npos; at = rejected.find(",input.", at + 1)) {
    const auto begin = rejected.rfind(',', at - 1) + 1;
    const std::uint64_t line = std::stoull(rejected.substr(begin, at - begin));
    CHECK(line > last);
    last = line;
    ++count;
  }
  CHECK(count == 3000);
}

TEST_CASE("retry_files: a rejected row of almost 1 MiB comes back readable") {
  const std::string note(std::size_t{1} << 20, 'z');
  for (const bool csv : {true, false}) {
    const std::string head = csv ? "id,name,phone,note\r\n" : "";
    std::string row = csv ? std::string(some_id) + ",Ann,,"
                          : "{\"id\":\"" + std::string(some_id) + "\",\"name\":\"Ann\",\"phone\":null,\"n\":\"";
    const std::string end = csv ? "" : "\"}";
    row += note.substr(row.size() + end.size()) + end;
    const Work work(head + row + "\n", csv ? "a.csv" : "a.ndjson");
    Simulator simulator;
    REQUIRE(work.update(simulator.url()).code == 1);
    const std::string file = work.file(csv ? "rejected.csv" : "rejected.ndjson");
    std::string text = read_file(file);
    const std::string blank = csv ? "Ann,," : "\"phone\":null";
    REQUIRE(text.find(blank) != std::string::npos);
    write_file(file, text.replace(text.find(blank), blank.size(), csv ? "Ann,7," : "\"phone\":\"7\""));
    check_fed_back(file, 1);
  }
}
