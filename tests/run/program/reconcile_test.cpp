// `amend reconcile`: a file beside what the API holds. Each check joins the file, the plan and the server's own record.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <set>

#include "fixture.hpp"
#include "support/people.hpp"
#include "support/scripted_server.hpp"

using namespace test;

namespace {

class Reconciled {
 public:
  Reconciled(std::size_t customers, const std::string& rows, const std::vector<std::string>& options,
             std::vector<std::string> faults = {}) {
    const std::string seed = dir.file("seed.csv");
    write_file(seed, seed_of(customers));
    write_file(dir.file("crm.csv"), rows);
    faults.insert(faults.end(), {"--seed", seed});
    Simulator simulator(faults);
    finished = reconcile(simulator.url(), options);
    simulator.stop();
    for (const auto& request : read_ndjson(simulator.request_log()))
      ++methods[std::string(request.at("method").as_string())];
    state_unchanged = true;
    for (const auto& customer : read_ndjson(simulator.state())) state_unchanged &= number_of(customer, "updates") == 0;
    if (std::filesystem::exists(dir.file("run/plan.ndjson"))) plan = read_ndjson(dir.file("run/plan.ndjson"));
  }

  Finished reconcile(const std::string& url, const std::vector<std::string>& options) const {
    std::vector<std::string> all{AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url",
                                 url,           "--run",     dir.file("run"),     "--auth",
                                 "none",        "--rate",    "unlimited"};
    if (url.starts_with("https")) all.insert(all.end(), {"--ca-file", certificates() + "/ca.pem"});
    all.insert(all.end(), options.begin(), options.end());
    return run(all);
  }

  std::size_t count(char sign) const {
    std::size_t out = 0;
    for (const auto& line : plan) out += text_of(line, "sign") == std::string(1, sign) ? 1 : 0;
    return out;
  }

  TempDir dir;
  Finished finished;
  std::vector<boost::json::object> plan;
  std::map<std::string, std::size_t> methods;
  bool state_unchanged = false;
};

// 3,000 customers; a file with 100 changed, 20 unknown, 30 missing, the others the same.
std::vector<Person> mixed_export() {
  std::vector<Person> people;
  for (std::size_t n = 0; n < 2'970; ++n) people.push_back(person(n));
  for (std::size_t n = 0; n < 100; ++n) people[n * 29].phone += "-changed";
  for (std::size_t n = 0; n < 20; ++n) people.push_back(person(10'000 + n));
  return people;
}

void check_mixed(const Reconciled& run, const std::vector<Person>& people) {
  CHECK(run.finished.code == 1);
  REQUIRE(run.plan.size() >= people.size());
  CHECK(run.count('=') == 2'870);
  CHECK(run.count('*') == 100);
  CHECK(run.count('+') == 20);
  CHECK(run.count('!') == 0);
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto& line = run.plan[i];
    REQUIRE(number_of(line, "row") == i + 1);
    CHECK(line.at("key").as_string() == people[i].reference);
    if (line.at("sign").as_string() != "*") continue;
    CHECK(line.at("id").as_string() == uuid_of(i));
    CHECK(line.at("fields") == boost::json::array{"phone"});
    const auto& body = line.at("body").as_object();
    CHECK(body.at("phone").as_string() == people[i].phone);
    CHECK(body.at("name").as_string() == people[i].name);
    CHECK(body.contains("default_payment_token") == (i % 3 == 0));
    if (i % 3 == 0) CHECK(body.at("default_payment_token").as_string() == uuid_of(i + 500'000));
  }
  CHECK(run.state_unchanged);
  CHECK(run.methods.size() == 1);
  CHECK(run.methods.contains("GET"));
}

}  // namespace

TEST_CASE("reconcile: by the list, exactly what differs, is unknown and is missing is told, and nothing is written") {
  const auto people = mixed_export();
  const Reconciled run(3'000, export_of(people), {"--show-missing"});
  check_mixed(run, people);
  // 3 pages, one customer that shows that look-ups find any, the 20 that the list does not have; a refusal may be
  // proved.
  CHECK(run.methods.at("GET") >= 3 + 1 + 20);
  CHECK(run.methods.at("GET") <= 3 + 1 + 2 * 20);
  CHECK(run.count('-') == 30);
  CHECK(run.finished.out.find("*          100  differ") != std::string::npos);
}

TEST_CASE("reconcile: one by one, the same; and the values of the examples are masked unless they are asked for") {
  const auto people = mixed_export();
  const Reconciled run(3'000, export_of(people), {"--look-up", "each"});
  check_mixed(run, people);
  CHECK(run.methods.at("GET") >= people.size());
  CHECK(run.methods.at("GET") <= people.size() + 2 * 20);  // a 404 before the first customer, and one that is proved
  CHECK(run.count('-') == 0);
  CHECK(run.finished.out.find("-changed") == std::string::npos);
  const Reconciled shown(3'000, export_of({people[0]}), {"--show-values"});
  CHECK(shown.finished.out.find("\"90\" -> \"90-changed\"") != std::string::npos);
}

TEST_CASE("reconcile: the cheaper way is taken: few rows of many customers are asked for one by one") {
  const Reconciled few(3'000, export_of({person(1), person(2), person(3)}), {});
  CHECK(few.finished.code == 0);
  CHECK(few.methods.at("GET") == 3);
  std::vector<Person> some;
  for (std::size_t n = 0; n < 20; ++n) some.push_back(person(n));
  const Reconciled each(3'000, export_of(some), {});
  CHECK(each.methods.at("GET") == 22);  // one says how many customers there are, one that look-ups find any
  std::vector<Person> many;
  for (std::size_t n = 0; n < 1'000; ++n) many.push_back(person(n));
  const Reconciled list(3'000, export_of(many), {});
  CHECK(list.finished.code == 0);
  CHECK(list.methods.at("GET") == 3);
}

TEST_CASE("reconcile: on a bad night, with errors, resets and pages of HTML, the plan is the same") {
  const auto people = mixed_export();
  const std::vector<std::string> faults{"--error-share", "500:0.05", "--reset-share", "0.01",
                                        "--close-after", "50",       "--html-share",  "0.02"};
  check_mixed(Reconciled(3'000, export_of(people), {"--look-up", "each", "--max-attempts", "20"}, faults), people);
}

TEST_CASE("reconcile: is slowed down by a server that asks for it, and says so") {
  std::vector<Person> people;
  for (std::size_t n = 0; n < 300; ++n) people.push_back(person(n));
  const Reconciled run(300, export_of(people), {"--look-up", "each"}, {"--hidden-limit", "100/s,10"});
  CHECK(run.finished.code == 0);
  CHECK(run.count('=') == 300);
  CHECK(says(run.finished, "the API returns 429 (too many requests) at this rate"));
}

TEST_CASE("reconcile: by id, an answer about another customer is never taken for the row's") {
  const auto people = mixed_export();
  const Reconciled run(3'000, export_by_id_of(people), {"--look-up", "each", "--max-attempts", "20"},
                       {"--wrong-uuid-share", "0.05"});
  CHECK(run.finished.code == 1);
  CHECK(run.count('=') == 2'870);
  CHECK(run.count('*') == 100);
  CHECK(run.count('+') == 20);
  for (const auto& line : run.plan)
    if (line.contains("row") && text_of(line, "sign") != "+")
      CHECK(line.at("id").as_string() == line.at("key").as_string());
}

TEST_CASE(
    "reconcile: rows that cannot be read, and customers that cannot, are told with the reason, and nothing is said of "
    "them") {
  auto people = std::vector<Person>{person(0), person(1), person(2)};
  people[1].reference.clear();
  const Reconciled rows(3, export_of(people), {});
  CHECK(rows.count('!') == 1);
  CHECK(rows.plan[1].at("error_code").as_string() == "input.id.missing");
  people[1] = person(1);
  const Reconciled customers(3, export_of(people), {"--look-up", "each", "--max-attempts", "1"},
                             {"--error-share", "500:1"});
  CHECK(customers.finished.code == 1);
  REQUIRE(customers.count('!') == 3);
  CHECK(text_of(customers.plan.at(0), "error_code") == "E000500");
}

TEST_CASE("reconcile: refused credentials stop it soon, and there is no plan") {
  std::vector<Person> people;
  for (std::size_t n = 0; n < 500; ++n) people.push_back(person(n));
  const Reconciled run(500, export_of(people), {}, {"--auth-fail-after", "1"});
  CHECK(run.finished.code == 5);
  CHECK(says(run.finished, "stopped before the plan was complete"));
  CHECK(run.plan.empty());
  CHECK(run.methods.at("GET") < 20);
}

TEST_CASE("reconcile: a server that gives smaller pages than it is asked for is read to the end all the same") {
  const auto page = [](std::size_t n) {
    return answer(200,
                  R"({"data":[{"uuid":")" + uuid_of(n) + R"(","name":"Name )" + std::to_string(n) + R"(","phone":"9)" +
                      std::to_string(n) + R"(","email":"c)" + std::to_string(n) +
                      R"(@example.com","reference_number":"R-)" + std::to_string(n) + "\"}]}",
                  "X-Total-Entries: 2\r\n");
  };
  ScriptedServer server({[&](Peer& peer) {
                           peer.expect(1);
                           peer.send(page(0));
                           peer.wait_for_end();
                         },
                         [&](Peer& peer) {
                           CHECK(peer.expect(1).find("?limit=1&offset=1 ") != std::string::npos);
                           peer.send(page(1));
                           peer.wait_for_end();
                         }});
  Reconciled run(1, export_of({person(0), person(1)}), {});
  std::filesystem::remove_all(run.dir.file("run"));
  const Finished finished =
      run.reconcile("http://127.0.0.1:" + server.port(), {"--look-up", "list", "--connections", "1"});
  CHECK(finished.code == 0);
  CHECK(finished.out.find("meanwhile") == std::string::npos);
}

TEST_CASE("reconcile: a file that changes while its customers are read is refused, and there is no plan") {
  Reconciled run(1, export_of({person(0)}), {});
  std::filesystem::remove_all(run.dir.file("run"));
  const Script not_found = [](Peer& peer) {  // the row that the list does not have is asked for by itself
    for (;;) {
      peer.expect(1);
      peer.send(answer(404, R"({"code":"E000404","message":"no such customer"})"));
    }
  };
  ScriptedServer server({[&](Peer& peer) {
                           peer.expect(1);
                           write_file(run.dir.file("crm.csv"), export_of({person(0), person(1)}));
                           peer.send(answer(200, R"({"data":[]})", "X-Total-Entries: 0\r\n"));
                           peer.wait_for_end();
                         },
                         not_found, not_found, not_found});
  const Finished finished =
      run.reconcile("http://127.0.0.1:" + server.port(), {"--look-up", "list", "--connections", "1"});
  CHECK(finished.code == 3);
  CHECK(says(finished, "changed while it was compared"));
  CHECK_FALSE(std::filesystem::exists(run.dir.file("run/plan.ndjson")));
}

TEST_CASE("reconcile: customers whose fields are as long as they may be make pages of more than a MiB") {
  const std::string more(245, 'x');
  std::string seed = "uuid,name,phone,email,reference_number\n";
  std::vector<Person> people;
  for (std::size_t n = 0; n < 1'000; ++n) {
    Person one = person(n);
    for (std::string* field : {&one.name, &one.phone, &one.email, &one.reference}) *field += more.substr(field->size());
    seed += uuid_of(n) + "," + one.name + "," + one.phone + "," + one.email + "," + one.reference + "\n";
    people.push_back(one);
  }
  const TempDir dir;
  write_file(dir.file("seed.csv"), seed);
  Simulator simulator({"--seed", dir.file("seed.csv")});
  Reconciled run(1, export_of(people), {});
  std::filesystem::remove_all(run.dir.file("run"));
  CHECK(run.reconcile(simulator.url(), {"--look-up", "list"}).code == 0);
}

TEST_CASE("reconcile: is over when --deadline is, and there is no plan") {
  std::vector<Person> people;
  for (std::size_t n = 0; n < 300; ++n) people.push_back(person(n));
  const Reconciled run(300, export_of(people),
                       {"--look-up", "each", "--connections", "1", "--pipeline", "1", "--deadline", "1s"},
                       {"--latency", "50ms"});
  CHECK(run.finished.code == 4);
  CHECK(says(run.finished, "stopped before the plan was complete: the --deadline has passed"));
  CHECK(run.plan.empty());
  CHECK(run.methods.at("GET") < 100);
}

TEST_CASE("reconcile: a list that moves while it is read is noticed, and no customer is called unknown for it") {
  // The first page names 1,001 customers. The second names 1,002 and lacks the last one, which the file has.
  const auto shown = [](std::size_t n) {
    const Person one = person(n);
    return R"({"uuid":")" + uuid_of(n) + R"(","name":")" + one.name + R"(","phone":")" + one.phone + R"(","email":")" +
           one.email + R"(","reference_number":")" + one.reference + "\"}";
  };
  std::string page;
  for (std::size_t n = 0; n < 1'000; ++n) page += (n == 0 ? "" : ",") + shown(n);
  const auto list = [](const std::string& customers) {
    return R"({"code":200,"data":{"customers":[)" + customers + "]}}";
  };
  const std::vector<Script> scripts{
      [&](Peer& peer) {
        peer.expect(1);
        peer.send(answer(200, list(page), "X-Total-Entries: 1001\r\n"));
        peer.wait_for_end();
      },
      [&](Peer& peer) {
        peer.expect(1);
        peer.send(answer(200, list(shown(1'000)), "X-Total-Entries: 1002\r\n"));
        peer.wait_for_end();
      },
      [&](Peer& peer) {
        const std::string request = peer.expect(1);
        CHECK(request.find("/customers/ref/R-0 ") != std::string::npos);  // one that the list has, to try the call
        peer.send(answer(200, R"({"code":200,"data":{"customer":)" + shown(0) + "}}"));
        peer.wait_for_end();
      },
      [&](Peer& peer) {
        CHECK(peer.expect(1).find("/customers/ref/R-1001 ") != std::string::npos);
        peer.send(answer(200, R"({"code":200,"data":{"customer":)" + shown(1'001) + "}}"));
        peer.wait_for_end();
      }};
  ScriptedServer server(scripts);
  Reconciled run(1, export_of({person(5), person(1'000), person(1'001)}), {});
  std::filesystem::remove_all(run.dir.file("run"));
  const Finished finished =
      run.reconcile("http://127.0.0.1:" + server.port(), {"--look-up", "list", "--connections", "1"});
  CHECK(finished.code == 0);
  CHECK(finished.out.find("customers were created or deleted while the list was read; 1 row missing from the list: "
                          "looked up one by one") != std::string::npos);
}
