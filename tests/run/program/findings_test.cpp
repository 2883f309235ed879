// Values that a spreadsheet or a database damaged: what `update` and `reconcile --apply` do about them.
#include <doctest/doctest.h>

#include <filesystem>

#include "ground.hpp"

using namespace test;

namespace {

constexpr auto second_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

std::string damaged_rows() {
  return std::string("id,name,phone\n") + some_id + ",Ann,4.915112E+12\n" + second_id + ",\"Lee\nBob\",030123456\n";
}

// By id; ends the server.
std::map<std::string, boost::json::object> customers_of(Simulator& simulator) {
  simulator.stop();
  std::map<std::string, boost::json::object> customers;
  for (auto& customer : read_ndjson(simulator.state())) customers[text_of(customer, "id")] = customer;
  return customers;
}

}  // namespace

TEST_CASE("findings: update refuses damaged values before anything is sent or created; --yes is no answer") {
  Simulator simulator;
  const Work work(damaged_rows());
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{}, std::vector<std::string>{"--yes", "--quiet"}}) {
    const Finished finished = work.update(simulator.url(), options);
    CAPTURE(finished.err);
    CHECK(finished.code == 2);
    CHECK(says(finished, "value.scientific in phone"));
    CHECK(says(finished, "line 2"));
    CHECK(says(finished, "--accept-findings"));
    CHECK(says(finished, "amend check"));
    CHECK_FALSE(says(finished, "4.915112E+12"));
  }
  simulator.stop();
  CHECK(requests_at(simulator) == 0);
  CHECK_FALSE(std::filesystem::exists(work.directory));
}

TEST_CASE("findings: --accept-findings sends the values as they are, counts them, and run.json keeps it") {
  Simulator simulator;
  const Work work(damaged_rows());
  const Finished finished = work.update(simulator.url(), {"--accept-findings"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(says(finished, "1 row has values that look damaged"));
  const auto state = customers_of(simulator);
  CHECK(text_of(state.at(some_id), "phone") == "4.915112E+12");
  CHECK(text_of(state.at(second_id), "name") == "Lee\nBob");
  const auto summary = work.summary();
  CHECK(number_of(summary, "damaged_rows") == 1);
  const auto& first = summary.at("findings").as_array().front().as_object();
  CHECK(text_of(first, "code") == "value.scientific");
  CHECK(text_of(first, "field") == "phone");
  CHECK(number_of(first, "rows") == 1);
  CHECK(number_of(first.at("first").as_object(), "line") == 2);
  const auto input = read_json(work.file("run.json")).at("options").as_object().at("input").as_object();
  CHECK(input.at("accept_findings").as_bool());
}

TEST_CASE("findings: where no check runs damage is counted and stops nothing") {
  for (const bool piped : {true, false}) {
    CAPTURE(piped);
    Simulator simulator;
    const Work work(damaged_rows());
    const std::string input = piped ? "-" : work.input;
    const auto command =
        update_command(simulator.url(), input, work.directory, {"--rate", "unlimited", "--skip-check"});
    const Finished finished = run(command, {}, limit, work.input);
    CAPTURE(finished.err);
    CHECK(finished.code == 0);
    CHECK(says(finished, "1 row has values that look damaged"));
    CHECK(says(finished, "row 1, line 2"));
    CHECK(number_of(work.summary(), "damaged_rows") == 1);
    simulator.stop();
    CHECK(requests_at(simulator) == 2);
  }
}

TEST_CASE("findings: hints ask nothing and stop nothing") {
  Simulator simulator;
  const Work work(std::string("id,name,phone,email\n") + some_id + ",=Acme,5,nobody\n");
  const Finished finished = work.update(simulator.url());
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(says(finished, "value.name_sign in name"));
  CHECK(says(finished, "value.no_address in email"));
  CHECK(number_of(work.summary(), "damaged_rows") == 0);
}

TEST_CASE("findings: what the options clean is sent clean") {
  Simulator simulator;
  const Work work(std::string("id,name,phone,email\n") + some_id + ",Ann,'+4930123456\u202C,NULL\n");
  const Finished finished =
      work.update(simulator.url(), {"--trim", "--strip-formula", "--null-text", "NULL", "--split-phone"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  const auto state = customers_of(simulator);
  CHECK(text_of(state.at(some_id), "phone") == "30123456");
  CHECK(text_of(state.at(some_id), "dial_code") == "+49");
  CHECK(text_of(state.at(some_id), "email") != "NULL");
}

TEST_CASE("findings: reconcile shows them, and --apply refuses and accepts as update does") {
  Ground ground;
  std::vector<Person> people{person(1), person(2)};
  people[1].phone = "4.915112E+12";
  Finished finished = ground.reconcile(export_of(people), "compared");
  CHECK(finished.code == 1);
  CHECK(says(finished, "value.scientific in phone"));
  finished = ground.reconcile(export_of(people), "run", {"--apply", "--yes"});
  CAPTURE(finished.err);
  CHECK(finished.code == 2);
  CHECK(says(finished, "--accept-findings"));
  CHECK_FALSE(std::filesystem::exists(ground.directory("run")));
  CHECK(ground.requests("PUT") == 0);
  CHECK(ground.reconcile(export_of(people), "run", {"--apply", "--accept-findings"}).code == 0);
  CHECK(ground.requests("PUT") == 1);
  const auto options = read_json(ground.directory("run") + "/run.json").at("options").as_object();
  CHECK(options.at("input").as_object().at("accept_findings").as_bool());
}

TEST_CASE("findings: reconcile refuses another encoding before it shows or asks about values") {
  Ground ground;
  std::vector<Person> people{person(1), person(2)};
  people[0].name = "Ren\xE9";
  people[1].phone = "4.915112E+12";
  const Finished finished = ground.reconcile(export_of(people), "run", {"--apply"});
  CAPTURE(finished.err);
  CHECK(finished.code == 2);
  CHECK(says(finished, "not UTF-8"));
  CHECK_FALSE(says(finished, "value.scientific"));
  CHECK_FALSE(std::filesystem::exists(ground.directory("run")));
}

TEST_CASE("findings: --dry-run names what it shows of them") {
  const Work work(damaged_rows());
  const Finished finished = work.update("http://127.0.0.1:9", {"--dry-run"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(finished.out.find("value.scientific in phone") != std::string::npos);
}
