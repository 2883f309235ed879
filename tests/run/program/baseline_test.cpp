// --baseline: what earlier files and runs say, and when they are not to be believed.
#include <doctest/doctest.h>

#include <filesystem>
#include <functional>

#include "ground.hpp"

using namespace test;

namespace {

// Of those that a baseline settles.
constexpr std::size_t spot_checks = 100;

}  // namespace

TEST_CASE("--baseline: only rows that are not in the older file as they are now are looked at, and a hundred others") {
  Ground ground;
  auto people = changed_people();
  people.resize(customers_in_all - 20);
  CHECK(ground.reconcile(export_of(people), "before", {"--apply", "--look-up", "list"}).code == 0);
  const std::size_t gets = ground.requests("GET");
  write_file(ground.dir.file("old.csv"), export_of(people));
  people[5].phone = "tonight1";
  people.push_back(person(490));
  const Finished finished = ground.reconcile(
      export_of(people), "run", {"--apply", "--look-up", "each", "--baseline", ground.dir.file("old.csv")});
  CHECK(finished.code == 0);
  CHECK(ground.planned("run", ".") == people.size() - 2 - spot_checks);
  CHECK(ground.count("run", "unchanged") == people.size() - 1);
  CHECK(ground.requests("GET") - gets == 2 + spot_checks);
  CHECK(ground.requests("PUT") == 60 + 1);
}

TEST_CASE("--baseline: of an earlier run rows count that it has made true, the others are looked at again") {
  Ground ground;
  auto people = changed_people();
  CHECK(ground.reconcile(export_of(people), "first", {"--apply", "--look-up", "each"}).code == 1);
  const std::size_t before = ground.requests("GET");
  people[5].phone = "tonight1";
  const Finished finished = ground.reconcile(export_of(people), "second",
                                             {"--apply", "--look-up", "each", "--baseline", ground.directory("first")});
  CHECK(finished.code == 1);
  // The row that changed, and 12 that the API does not know: each of their refusals may be proved.
  CHECK(ground.requests("GET") - before >= 13 + spot_checks);
  CHECK(ground.requests("GET") - before <= 13 + 12 + spot_checks);
  CHECK(ground.requests("PUT") == 61);
  CHECK(ground.count("second", "failed") == 12);
  // And a third time over the second.
  CHECK(ground.reconcile(export_of(people), "third", {"--look-up", "each", "--baseline", ground.directory("second")})
            .code == 1);
  CHECK(ground.requests("GET") - before >= 25 + 2 * spot_checks);
  CHECK(ground.requests("GET") - before <= 25 + 24 + 2 * spot_checks);
}

TEST_CASE("--baseline: an update counts too, as long as its file is as it was") {
  Ground ground;
  write_file(ground.dir.file("plain.csv"), "id,name,phone\n" + uuid_of(1) + ",a,b1\n" + uuid_of(2) + ",a,b1\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("plain.csv"), ground.directory("update"))).code ==
        0);
  const std::string tonight = "id,name,phone\n" + uuid_of(1) + ",a,b1\n" + uuid_of(2) + ",a,c1\n";
  CHECK(ground.reconcile(tonight, "run", {"--baseline", ground.directory("update")}).code == 1);
  CHECK(ground.requests("GET") == 2);
  write_file(ground.dir.file("plain.csv"), tonight);
  const Finished refused = ground.reconcile(tonight, "refused", {"--baseline", ground.directory("update")});
  CHECK(refused.code == 3);
  CHECK(says(refused, "differs from the row"));
}

TEST_CASE(
    "--baseline: a run that was undone since, of another API, or compared otherwise says nothing, and is refused") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new1\n";
  CHECK(ground.reconcile(rows, "run", {"--apply"}).code == 0);
  CHECK(says(ground.reconcile(rows, "a", {"--baseline", ground.directory("run"), "--company-name", "always"}),
             "another --company-name"));
  CHECK(says(ground.reconcile(rows, "b", {"--baseline", ground.directory("run"), "--ignore-space"}),
             "another --ignore-space"));
  const Ground elsewhere;
  CHECK(says(run({AMEND_PROGRAM, "reconcile", ground.dir.file("crm.csv"), "--url", elsewhere.simulator->url(), "--auth",
                  "none", "--run", ground.directory("c"), "--baseline", ground.directory("run")}),
             "another --url"));
  CHECK(says(ground.reconcile(rows, "itself", {"--baseline", ground.dir.file("crm.csv")}), "is the input file itself"));
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  const Finished undone = ground.reconcile(rows, "d", {"--baseline", ground.directory("run")});
  CHECK(undone.code == 2);
  CHECK(says(undone, "customers were restored later by"));
}

TEST_CASE("--baseline: rows that a verification passed over are not settled by that") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new1\n" + uuid_of(9'999) + ",none1\n";
  CHECK(ground.reconcile(rows, "run", {"--apply"}).code == 1);
  CHECK(ground.command("verify", ground.directory("run"), "verified").code == 0);
  CHECK(ground.reconcile(rows, "next", {"--baseline", ground.directory("verified"), "--look-up", "each"}).code == 1);
  CHECK(ground.planned("next", "+") == 1);
}

TEST_CASE("--baseline: of an older file the row of a customer counts that --duplicates says") {
  Ground ground;
  const std::string twice = "id,phone\n" + uuid_of(1) + ",first1\n" + uuid_of(1) + ",last1\n";
  write_file(ground.dir.file("old.csv"), twice);
  // The API holds neither: a row that the older file settles is found out.
  const auto is_recorded = [&](const std::string& phone, const std::string& duplicates) {
    const Finished finished = ground.reconcile("id,phone\n" + uuid_of(1) + "," + phone + "\n", phone + "-" + duplicates,
                                               {"--baseline", ground.dir.file("old.csv"), "--duplicates", duplicates});
    CHECK(finished.code == 1);
    return says(finished, "1 differ from the API or are missing there");
  };
  CHECK(is_recorded("last1", "last"));
  CHECK_FALSE(is_recorded("first1", "last"));
  CHECK(is_recorded("first1", "first"));
  CHECK_FALSE(is_recorded("last1", "reject"));
}

TEST_CASE("--baseline: customers that an undo of an earlier run has given back are not passed over for a later run") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new1\n";
  CHECK(ground.reconcile(rows, "a", {"--apply"}).code == 0);
  CHECK(ground.reconcile(rows, "b", {"--apply", "--baseline", ground.directory("a")}).code == 0);
  CHECK(ground.command("undo", ground.directory("a"), "undone").code == 0);
  CHECK(says(ground.reconcile(rows, "c", {"--apply", "--baseline", ground.directory("b")}),
             "customers were restored later"));
}

namespace {

std::string phones(const std::string& phone) {
  std::string rows = "id,phone\n";
  for (std::size_t n = 0; n < 20; ++n) rows += uuid_of(n) + "," + phone + "\n";
  return rows;
}

// A folder of runs. What was sent last to its customers is "old1", but for what a moment does before `reconcile` of
// "new1" with a baseline.
class Night {
 public:
  Night() { apply("old1", "before"); }

  Finished apply(const std::string& phone, const std::string& run_name, std::vector<std::string> options = {}) {
    options.insert(options.end(), {"--apply", "--look-up", "each"});
    return ground.reconcile(phones(phone), run_name, std::move(options));
  }
  std::string path(const std::string& name) const { return ground.directory(name); }
  void undo(const std::string& run_name, const std::string& into) {
    CHECK(run({AMEND_PROGRAM, "undo", path(run_name), "--run", into, "--rate", "unlimited"}).code == 0);
  }
  void update(const std::string& phone, const std::string& into) {
    write_file(path("update.csv"), "id,name,phone\n" + uuid_of(3) + ",N," + phone + "\n");
    CHECK(run(update_command(ground.simulator->url(), path("update.csv"), into)).code == 0);
  }
  bool all_hold(const std::string& phone) {
    ground.simulator->write_down();
    std::size_t holding = 0;
    for (const auto& customer : read_ndjson(ground.simulator->state()))
      holding += text_of(customer, "phone") == phone ? 1 : 0;
    return holding == 20;
  }

  Ground ground;
  TempDir elsewhere;
};

struct Moment {
  const char* what;
  std::function<std::string(Night&)> make;  // the baseline
};

const std::vector<Moment>& moments() {
  static const std::vector<Moment> all{
      {"the input file itself", [](Night& night) { return night.path("crm.csv"); }},
      {"the input file itself by a link",
       [](Night& night) {
         std::filesystem::create_symlink(night.path("crm.csv"), night.path("link.csv"));
         return night.path("link.csv");
       }},
      {"a copy of the file",
       [](Night& night) {
         write_file(night.path("copy.csv"), phones("new1"));
         return night.path("copy.csv");
       }},
      {"a later reconciliation wrote others",
       [](Night& night) {
         night.apply("new1", "n1");
         night.apply("old1", "n2");
         return night.path("n1");
       }},
      {"a later reconciliation over that baseline wrote others",
       [](Night& night) {
         night.apply("new1", "n1");
         night.apply("old1", "n2", {"--baseline", night.path("n1")});
         return night.path("n1");
       }},
      {"a later reconciliation elsewhere wrote others",
       [](Night& night) {
         night.apply("new1", "n1");
         night.apply("old1", "../" + std::filesystem::path(night.elsewhere.path()).filename().string() + "/n2");
         return night.path("n1");
       }},
      {"a later update wrote one other",
       [](Night& night) {
         night.apply("new1", "n1");
         night.update("other1", night.path("u"));
         return night.path("n1");
       }},
      {"it was undone elsewhere",
       [](Night& night) {
         night.apply("new1", "n1");
         night.undo("n1", night.elsewhere.file("undone"));
         return night.path("n1");
       }},
      {"the run it rests on was undone elsewhere",
       [](Night& night) {
         night.apply("new1", "n1");
         night.apply("new1", "n2", {"--baseline", night.path("n1")});
         night.undo("n1", night.elsewhere.file("undone"));
         return night.path("n2");
       }},
      {"another run was undone elsewhere",
       [](Night& night) {
         night.apply("new1", "n1");
         night.apply("new1", "n2");
         night.undo("n1", night.elsewhere.file("undone"));
         return night.path("n2");
       }},
      {"the run it rests on is gone, and the API was changed",
       [](Night& night) {
         night.apply("new1", "n1");
         night.apply("new1", "n2", {"--baseline", night.path("n1")});
         std::filesystem::remove_all(night.path("n1"));
         night.update("other1", night.elsewhere.file("u"));
         return night.path("n2");
       }},
  };
  return all;
}

}  // namespace

TEST_CASE("--baseline: whatever happened before, it is refused by name, or the API holds what the file says") {
  for (const Moment& moment : moments()) {
    CAPTURE(moment.what);
    Night night;
    const std::string baseline = moment.make(night);
    const Finished finished = night.apply("new1", "tonight", {"--baseline", baseline});
    CAPTURE(finished.err);
    if (finished.code == 2) {
      CHECK(says(finished, "--baseline"));
    } else {
      CHECK(night.all_hold("new1"));
    }
  }
}

TEST_CASE("--baseline: customers that a later run has written are looked at, the others are not") {
  Ground ground;
  std::vector<Person> people;
  for (std::size_t n = 0; n < 400; ++n) people.push_back(person(n));
  const auto rows = [&] {
    std::string text = "id,phone\n";
    for (std::size_t n = 0; n < people.size(); ++n) text += uuid_of(n) + "," + people[n].phone + "\n";
    return text;
  };
  CHECK(ground.reconcile(rows(), "n1", {"--apply", "--look-up", "each"}).code == 0);
  write_file(ground.dir.file("some.csv"), "id,name,phone\n" + uuid_of(7) + ",N,x1\n" + uuid_of(9) + ",N,x1\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("some.csv"), ground.directory("u"))).code == 0);
  const std::size_t before = ground.requests("GET");
  const Finished finished =
      ground.reconcile(rows(), "n2", {"--apply", "--look-up", "each", "--baseline", ground.directory("n1")});
  CHECK(finished.code == 0);
  CHECK(ground.requests("GET") - before == 2 + spot_checks);
  CHECK(ground.count("n2", "success") == 2);
}

TEST_CASE("--baseline: customers that the API no longer has show that it holds no longer, and every row is looked at") {
  Ground ground;
  std::string known = "id,phone\n";
  for (std::size_t n = 0; n < 60; ++n) known += uuid_of(n) + ",same1\n";
  CHECK(ground.reconcile(known, "n1", {"--apply", "--look-up", "each"}).code == 0);
  std::string rows = known;
  for (std::size_t n = 0; n < 61; ++n) rows += uuid_of(9'000 + n) + ",same1\n";
  write_file(ground.dir.file("old.csv"), rows);
  CHECK(ground.reconcile(rows, "n2", {"--look-up", "each", "--baseline", ground.dir.file("old.csv")}).code == 1);
  CHECK(ground.planned("n2", ".") == 0);
  CHECK(ground.planned("n2", "=") == 60);
  CHECK(ground.planned("n2", "+") == 61);
}

TEST_CASE("--baseline: a later run whose customers are not known by their numbers makes every row be looked at") {
  Ground ground;
  CHECK(ground.reconcile(export_of({person(1), person(2)}), "n1", {"--apply"}).code == 0);
  write_file(ground.dir.file("some.csv"), "id,name,phone\n" + uuid_of(1) + ",N,x1\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("some.csv"), ground.directory("u"))).code == 0);
  const Finished finished =
      ground.reconcile(export_of({person(1), person(2)}), "n2", {"--apply", "--baseline", ground.directory("n1")});
  CHECK(says(
      finished,
      "wrote to the API after that run began, and amend cannot know which rows it changed. Every row is compared"));
  CHECK(ground.planned("n2", "*") == 1);
  CHECK(ground.planned("n2", "=") == 1);
}

TEST_CASE("--baseline: when the API holds one of the hundred rows otherwise, every row is looked at") {
  Ground ground;
  std::vector<Person> people;
  for (std::size_t n = 0; n < 3 * spot_checks; ++n) people.push_back(person(n));
  for (Person& one : people) one.phone += "9";
  write_file(ground.dir.file("old.csv"), export_of(people));  // nothing of it was applied
  const Finished finished = ground.reconcile(
      export_of(people), "run", {"--apply", "--look-up", "each", "--baseline", ground.dir.file("old.csv")});
  CHECK(finished.code == 0);
  CHECK(says(finished, "Every row is compared"));
  CHECK(ground.requests("PUT") == people.size());
}

TEST_CASE("--baseline: with a list every row is looked at, as all customers are read anyway") {
  Ground ground;
  write_file(ground.dir.file("old.csv"), export_of(changed_people()));
  CHECK(ground
            .reconcile(export_of(changed_people()), "run",
                       {"--look-up", "list", "--baseline", ground.dir.file("old.csv")})
            .code == 1);
  CHECK(ground.planned("run", "*") == 60);
  CHECK(ground.planned("run", "+") == 12);
  CHECK(ground.planned("run", ".") == 0);
}

TEST_CASE("--baseline: a file without rows, compared with nothing, is not called settled") {
  Ground ground;
  write_file(ground.dir.file("old.csv"), "id,phone\n");
  const Finished finished = ground.reconcile("id,phone\n", "run", {"--baseline", ground.dir.file("old.csv")});
  CHECK(finished.code != 0);
}

TEST_CASE("a plan that was edited since: resume, undo, verify and --baseline refuse it, and nothing is sent") {
  for (const char* name : {"plan.ndjson", "rollback.ndjson"}) {
    CAPTURE(name);
    Ground ground({"--latency", "20ms"});
    ground.interrupt_apply("run", SIGKILL);
    const std::string file = ground.directory("run") + "/" + name;
    std::string text = read_file(file);
    const std::size_t at = text.rfind("-changed");
    REQUIRE(at != std::string::npos);
    text.replace(at, 8, "-altered");
    write_file(file, text);
    const std::size_t sent = ground.requests("PUT");
    const std::string run_name = ground.directory("run");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"resume", run_name},
          {"undo", run_name, "--run", ground.directory("undone")},
          {"verify", run_name, "--run", ground.directory("verified")},
          {"reconcile", ground.dir.file("crm.csv"), "--baseline", run_name, "--url", ground.simulator->url(), "--auth",
           "none", "--run", ground.directory("next"), "--apply"}}) {
      CAPTURE(command[0]);
      std::vector<std::string> all{AMEND_PROGRAM};
      all.insert(all.end(), command.begin(), command.end());
      const Finished refused = run(all);
      CHECK(refused.code == 3);
      CHECK(says(refused, name));
    }
    CHECK(ground.requests("PUT") == sent);
  }
}

TEST_CASE("a comparison that was killed between its plan and the first PUT is resumed with that plan") {
  Ground ground;
  CHECK(ground.reconcile("id,phone\n" + uuid_of(1) + ",new1\n", "run", {"--apply"}).code == 0);
  const std::string plan = read_file(ground.directory("run") + "/plan.ndjson");
  for (const char* file : {"results.ndjson", "summary.json", "timeline.ndjson"})
    std::filesystem::remove(ground.directory("run") + "/" + file);
  const std::size_t gets = ground.requests("GET");
  CHECK(run({AMEND_PROGRAM, "resume", ground.directory("run")}).code == 0);
  CHECK(read_file(ground.directory("run") + "/plan.ndjson") == plan);
  CHECK(ground.requests("GET") - gets == 1);  // it is read again before it is written
  CHECK(ground.count("run", "unchanged") == 1);
}

TEST_CASE("a comparison that is complete is not made again by resume") {
  Ground ground;
  CHECK(ground.reconcile("id,phone\n" + uuid_of(1) + ",new1\n", "run").code == 1);
  const std::size_t gets = ground.requests("GET");
  const Finished finished = run({AMEND_PROGRAM, "resume", ground.directory("run")});
  CHECK(finished.code == 1);
  CHECK(says(finished, "the comparison is complete"));
  CHECK(run({AMEND_PROGRAM, "resume", ground.directory("run"), "--metrics-file", ground.dir.file("metrics")}).code ==
        1);
  CHECK(ground.requests("GET") == gets);
}

TEST_CASE("verify: is never 0 when no customer was read") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new1\n";
  CHECK(ground.reconcile(rows, "run", {"--apply"}).code == 0);
  std::size_t gets = ground.requests("GET");
  CHECK(ground.command("verify", ground.directory("run"), "sample", {"--sample", "0.0001%"}).code == 0);
  CHECK(ground.requests("GET") - gets == 1);  // a sample has one row at least
  std::filesystem::remove(ground.directory("run") + "/results.ndjson");
  gets = ground.requests("GET");
  CHECK(ground.command("verify", ground.directory("run"), "lost").code != 0);
  CHECK(ground.requests("GET") == gets);
  Ground refusing({"--error-share", "400:100%"});
  write_file(refusing.dir.file("rows.csv"), "id,name,phone\n" + uuid_of(1) + ",N,x1\n");
  CHECK(run(update_command(refusing.simulator->url(), refusing.dir.file("rows.csv"), refusing.directory("failed")))
            .code == 1);
  const Finished nothing = refusing.command("verify", refusing.directory("failed"), "none");
  CHECK(nothing.code == 1);
  CHECK(says(nothing, "no customer was read"));
}
