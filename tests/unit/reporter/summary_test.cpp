#include "amend/run/summary.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "amend/run/file_seal.hpp"
#include "amend/run/run_directory.hpp"
#include "run/json_reading.hpp"
#include "run/run_place.hpp"
#include "unit/reporter/fixture.hpp"

namespace amend {
namespace {

using namespace std::chrono_literals;

std::string keys_of(const boost::json::value& object) {
  std::string keys;
  for (const auto& member : object.as_object()) {
    if (!keys.empty()) keys += ' ';
    keys.append(member.key().data(), member.key().size());
  }
  return keys;
}

TEST_CASE("summary: the keys that scripts rely on are all there, also when nothing happened") {
  const auto value = boost::json::parse(to_json(Summary()));
  CHECK(
      keys_of(value) ==
      "version run input started_at elapsed_s exit_code stop_cause stop_reason rows overtaken overtaken_rejected drift "
      "damaged_rows findings requests connection_trouble latency_ms log_bytes notices errors files retry_files");
  CHECK(keys_of(value.at("rows")) == "read success failed unknown rejected superseded unchanged unsent");
  CHECK(keys_of(value.at("requests")) == "attempts retries requeues throttled connections handshakes_failed");
  CHECK(keys_of(value.at("connection_trouble")) == "times seconds cause last");
  CHECK(value.at("connection_trouble").at("last").is_null());
  CHECK(keys_of(value.at("latency_ms")) == "service queued");
  CHECK(keys_of(value.at("latency_ms").at("queued")) == "p50 p90 p99 p999 max");
  CHECK(value.at("rows").at("unsent").is_null());
  CHECK(value.at("stop_reason").is_null());
  CHECK(value.at("errors").as_array().empty());
}

TEST_CASE("summary: totals, times and errors are told") {
  Metrics metrics;
  metrics.rows_read.add(5);
  metrics.count(Status::success, 4);
  metrics.count(Status::failed, 1);
  metrics.attempts.add(7);
  metrics.retries.add(2);
  test::Rows rows;
  ErrorTally tally;
  tally.record(rows.failed(Status::failed, "", "E\xFF", "no", 9));
  LatencyHistogram histogram;
  histogram.record(250ms);
  Summary summary;
  summary.take(metrics);
  summary.errors = tally.worst(10);
  summary.service = Latency(histogram);
  summary.unsent = 0;
  summary.exit_code = ExitCode::some_rows_failed;
  summary.elapsed = 1500ms;
  summary.files = {"results.ndjson"};
  summary.connection.times = 2;
  summary.connection.total = 12'500ms;
  summary.connection.cause = "refused";
  summary.connection.text = "host:1: Connection refused";
  const auto value = boost::json::parse(to_json(summary));
  CHECK(value.at("rows").at("success") == 4);
  CHECK(value.at("connection_trouble").at("times") == 2);
  CHECK(value.at("connection_trouble").at("seconds") == 12.5);
  CHECK(value.at("connection_trouble").at("cause") == "refused");
  CHECK(value.at("connection_trouble").at("last") == "host:1: Connection refused");
  CHECK(value.at("rows").at("unsent") == 0);
  CHECK(value.at("requests").at("attempts") == 7);
  CHECK(value.at("latency_ms").at("service").at("max").to_number<double>() == doctest::Approx(250));
  CHECK(value.at("exit_code") == 1);
  CHECK(value.at("elapsed_s").to_number<double>() == doctest::Approx(1.5));
  REQUIRE(value.at("errors").as_array().size() == 1);
  CHECK(value.at("errors").as_array()[0].at("code") == "E\\xff");
  CHECK(value.at("errors").as_array()[0].at("example").at("line") == 9);
  CHECK(value.at("files").as_array()[0] == "results.ndjson");
}

TEST_CASE("summary: a retry file that is sealed again changes no other member, known or not") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  run.write_file("failed.csv", "id\n");
  run.write_file("summary.json", R"({"stop_cause":"of another version","rows":{"success":3},"later_member":[1,null]})");
  seal_again(run);
  boost::json::object summary = boost::json::parse(content_of(run.path("summary.json"))).as_object();
  CHECK(summary["retry_files"].as_array().size() == 1);
  summary.erase("retry_files");
  CHECK(boost::json::serialize(summary) ==
        R"({"stop_cause":"of another version","rows":{"success":3},"later_member":[1,null]})");
}

TEST_CASE("run.json: options and input are told, secrets by file name only") {
  Config config;
  config.target.url = "https://user:hunter2@gateway.example/prefix";
  config.auth.private_key_file = "key.pem";
  config.auth.headers = {"X-Tenant: hunter3", "hunter4"};
  config.mapping.columns = {{"phone", "Mobile"}};
  config.mapping.blanks = {{"email", Blank::null}};
  InputIdentity input;
  input.path = "customers.csv";
  input.size = 1234;
  input.inode = 99;
  input.format = Format::csv;
  const std::string text = run_json(config, input, std::chrono::system_clock::time_point());
  CHECK(text.find("hunter") == std::string::npos);
  const auto value = boost::json::parse(text);
  CHECK(keys_of(value) == "version started_at parent read_ahead_rows input task options");
  CHECK(keys_of(value.at("options")) ==
        "target auth input mapping pace retry deadline failures reconcile commit run_directory");
  CHECK(value.at("options").at("target").at("url") == "https://gateway.example/prefix");
  CHECK(value.at("options").at("auth").at("private_key_file") == "key.pem");
  CHECK(value.at("options").at("auth").at("header_names").as_array()[0] == "X-Tenant");
  CHECK(value.at("options").at("mapping").at("columns").at("phone") == "Mobile");
  CHECK(value.at("options").at("mapping").at("blanks").at("email") == "null");
  CHECK(value.at("input").at("size") == 1234);
  CHECK(value.at("input").at("format") == "csv");
  CHECK(value.at("started_at") == "1970-01-01T00:00:00Z");
}

TEST_CASE("run.json: what was written is read back, so that a run can be gone on with; of headers the names") {
  Config config;
  config.target.url = "https://gateway.example/prefix";
  config.target.ca_file = "/etc/ca.pem";
  config.auth.kind = Auth::bearer;
  config.auth.bearer_file = "/run/token";
  config.auth.headers = {"X-Team: night"};
  config.input.file = "/data/c\"ust\\.csv";
  config.input.format = Format::csv;
  config.input.delimiter = '|';
  config.input.encoding = "big5";
  config.input.duplicates = Duplicates::last;
  config.input.recover = config.input.strict = true;
  config.input.limit = 7;
  config.mapping.columns = {{"phone", "Mobile"}, {"name", "Full Name"}};
  config.mapping.blanks = {{"email", Blank::null}};
  config.mapping.id_column = "key";
  config.mapping.guard_column = "ref";
  config.mapping.trim = config.mapping.split_phone = config.mapping.strip_formula = true;
  config.mapping.null_texts = {"NULL", "\\N"};
  config.input.accept_findings = true;
  config.load.rate.interval = std::chrono::nanoseconds(123);
  config.load.pipeline = 9;
  config.retry.attempts_max = 11;
  config.deadline.row = std::chrono::milliseconds(77);
  config.deadline.run = std::chrono::milliseconds(78);
  config.deadline.stall = std::chrono::milliseconds(79);
  config.deadline.run_until = 390;
  config.failures.rows_max = 80;
  config.failures.percent_max = 81;
  config.commit = Commit::batch;
  config.version = "1";
  InputIdentity input;
  input.path = "c.csv";
  input.inode = 5;
  const auto at = std::chrono::system_clock::time_point();
  RunRecord record = read_run_json(run_json(config, input, at));
  CHECK(record.config.auth.headers == std::vector<std::string>{"X-Team"});
  record.config.auth.headers = config.auth.headers;
  CHECK(run_json(record.config, record.input, at) == run_json(config, input, at));
  CHECK(record.parent.empty());
  CHECK(record.started_at == "1970-01-01T00:00:00Z");
  CHECK(read_run_json(run_json(config, input, at, "/runs/first")).parent == "/runs/first");
  // Without a delimiter that was given, too.
  config.input.delimiter.reset();
  CHECK_FALSE(read_run_json(run_json(config, input, at)).config.input.delimiter);
}

TEST_CASE("run.json: names of files come back byte for byte, whatever bytes they have") {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::vector<std::string> names{"kund\xe9.csv", "a\tb.csv", "a\nb.csv", "-x.csv", "\\x09.csv",
                                       "\xc3\xa9.csv", "\xc2\x85", "\xff\xfe", "\"'",    all};
  for (const std::string& name : names) {
    CAPTURE(name);
    RunRecord record;
    record.parent = record.input.path = name;
    std::vector<std::string*> paths = paths_read(record.config);
    paths.push_back(&record.config.run_directory);
    for (std::string* path : paths) *path = name;
    RunRecord back = read_run_json(run_json(record));
    CHECK(back.parent == name);
    CHECK(back.input.path == name);
    CHECK(back.config.run_directory == name);
    for (const std::string* path : paths_read(back.config)) CHECK(*path == name);
  }
  // The separator of a .tsv is a name of one byte too.
  RunRecord record;
  record.config.input.delimiter = record.input.delimiter = '\t';
  CHECK(read_run_json(run_json(record)).config.input.delimiter == '\t');
}

TEST_CASE("run.json: a name that is UTF-8 is written as it always was") {
  RunRecord record;
  record.config.input.file = "/data/caf\xc3\xa9.csv";
  CHECK(run_json(record).find("\"file\":\"/data/caf\xc3\xa9.csv\"") != std::string::npos);
  CHECK(run_json(record).find("_bytes\"") == std::string::npos);
}

TEST_CASE("run.json: what is missing or is not what amend writes is named") {
  CHECK_THROWS_WITH_AS(read_run_json("{"), doctest::Contains("run.json"), ConfigError);
  std::string text = run_json(Config(), InputIdentity(), std::chrono::system_clock::time_point());
  text.replace(text.find("\"trim\":false"), 12, "\"trim\":\"no\"");
  CHECK_THROWS_WITH_AS(read_run_json(text), doctest::Contains("options.mapping.trim"), ConfigError);
}

}  // namespace
}  // namespace amend
