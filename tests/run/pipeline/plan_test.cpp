// plan.ndjson and rollback.ndjson as a reconciliation writes them, and what becomes of each row when they are applied.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "amend/run/journal.hpp"
#include "plan/plan_reader.hpp"
#include "plan/plan_seal.hpp"
#include "plan/plan_writer.hpp"
#include "plan/planned_rows.hpp"
#include "reconcile/rows_to_look_at.hpp"
#include "unit/reporter/fixture.hpp"

using namespace amend;
namespace json = boost::json;
using amend::test::TemporaryDirectory;

namespace {

const std::string uuid = "0B8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44";
const std::string token = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

const FieldSet phone(0b10);
const FieldSet company_name(0b10000);
const FieldSet payment_method(0b100000);

wonder::Customer chan() {
  wonder::Customer customer;
  customer.uuid = uuid;
  customer.reference_number = "R-7";
  customer.fields = {"陳 \"Tai\"\nMan", "91234567", "chan@example.com", "", "", "", token};
  return customer;
}

std::string raw_of(std::uint64_t row) { return "the bytes of row " + std::to_string(row); }

PlanRow plan_row(std::uint64_t row, RowSign sign, std::string_view key = "R-7") {
  PlanRow out(Position(row, row + 1, 100 * row), content_hash(raw_of(row)), key);
  out.sign = sign;
  return out;
}

PlanRow differing(std::uint64_t row, const wonder::Customer& before, FieldSet fields,
                  std::string body = R"({"phone":"1"})") {
  PlanRow out = plan_row(row, RowSign::differs);
  out.wants = 0x0123456789abcdefULL;
  out.customer = &before;
  out.differs = fields;
  out.body = std::move(body);
  return out;
}

// A run directory with the plan that `write` writes.
class Planned {
 public:
  explicit Planned(const std::function<void(PlanWriter&)>& write) {
    PlanWriter writer(run_);
    write(writer);
    writer.close();
  }

  std::string plan() const { return run_.path("plan.ndjson"); }
  std::string rollback() const { return amend::test::content(run_.path("rollback.ndjson")); }
  std::vector<PlannedRow> rows() const {
    PlanReader reader(plan());
    std::vector<PlannedRow> rows;
    for (PlannedRow row; reader.next(row);) rows.push_back(row);
    return rows;
  }

 private:
  TemporaryDirectory directory_;
  RunDirectory run_{directory_ / "run"};
};

// Rows prepared by a plan, by their numbers.
class Preparing {
 public:
  explicit Preparing(const Planned& planned) : rows(planned.plan(), "people.csv") {}

  PreparedRow prepare(std::uint64_t row) { return prepare(row, raw_of(row)); }
  PreparedRow prepare(std::uint64_t row, const std::string& raw) { return rows.prepare(record(row, raw), batch); }
  std::uint64_t key_of(std::uint64_t row) { return rows.key_of(record(row, raw_of(row))); }
  const Update& last() const { return batch[batch.size() - 1]; }
  std::string text(Slice slice) const { return std::string(batch.text(slice)); }

  PlannedRows rows;
  Batch batch;

 private:
  static Record record(std::uint64_t row, const std::string& raw) {
    Record record;
    record.raw() = raw;
    record.set_position(Position(row, row + 1, 100 * row));
    return record;
  }
};

}  // namespace

TEST_CASE("plan: what is written of a row, whatever its sign, is read back") {
  const wonder::Customer customer = chan();
  const Reason input("input.phone.missing", "phone is \"required\"", Origin::input, 4);
  const Reason api("http.500", "HTTP 500", Origin::api);
  const std::string body = R"({"name":"Zoë \"Z\" \\","phone":"1","company_name":"","default_payment_token":null})";
  const Planned planned([&](PlanWriter& plan) {
    PlanRow same = plan_row(1, RowSign::same);
    same.wants = 0;
    same.customer = &customer;
    plan.add(same);
    plan.add(differing(2, customer, phone, body));
    PlanRow only_file = plan_row(3, RowSign::only_file, "R \"8\"");
    only_file.wants = 7;
    plan.add(only_file);
    PlanRow rejected = plan_row(4, RowSign::unreadable, "");
    rejected.reason = &input;
    plan.add(rejected);
    PlanRow failed = plan_row(5, RowSign::unreadable);
    failed.reason = &api;
    plan.add(failed);
    plan.add(plan_row(6, RowSign::superseded));
    PlanRow passed_over = plan_row(7, RowSign::passed_over);
    passed_over.wants = 9;
    plan.add(passed_over);
    plan.add_missing(customer);
    plan.add_missing(customer);
  });
  const auto rows = planned.rows();
  REQUIRE(rows.size() == 9);
  const RowSign signs[] = {RowSign::same,        RowSign::differs,    RowSign::only_file,
                           RowSign::unreadable,  RowSign::unreadable, RowSign::superseded,
                           RowSign::passed_over, RowSign::only_api,   RowSign::only_api};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    const bool of_the_file = i < 7;
    CHECK(rows[i].sign == signs[i]);
    CHECK(rows[i].row == (of_the_file ? i + 1 : 0));
    if (of_the_file) CHECK(rows[i].hash == content_hash(raw_of(i + 1)));
    CHECK(rows[i].id == (i < 2 || !of_the_file ? uuid : ""));
    if (of_the_file) CHECK(rows[i].body.empty() == (i != 1));
    if (of_the_file) CHECK(rows[i].before.empty() == (i != 1));
  }
  CHECK(rows[0].wants == 0);
  CHECK(rows[1].wants == 0x0123456789abcdefULL);
  CHECK(rows[2].wants == 7);
  CHECK_FALSE(rows[3].wants);
  CHECK(rows[6].wants == 9);
  CHECK(rows[1].body == body);
  CHECK(other_values(WantedFields(rows[1].before), customer).none());
  CHECK(rows[1].before == values_json(customer));
  CHECK(rows[2].key == "R \"8\"");
  CHECK(rows[3].key.empty());
  CHECK(rows[3].reason.code == "input.phone.missing");
  CHECK(rows[3].reason.text == "phone is \"required\"");
  CHECK(rows[3].reason.origin == Origin::input);
  CHECK(rows[3].reason.column == 4);
  CHECK(rows[4].reason.origin == Origin::api);
  CHECK(rows[4].reason.column == 0);
}

TEST_CASE("plan: a person finds the sign, the fields that differ and the line of the row in it") {
  const wonder::Customer customer = chan();
  const Planned planned([&](PlanWriter& plan) { plan.add(differing(2, customer, phone | company_name)); });
  const std::string text = amend::test::content(planned.plan());
  const json::value line = json::parse(text.substr(0, text.find('\n')));
  CHECK(line.at("sign") == "*");
  CHECK(line.at("line") == 3);
  CHECK(line.at("key") == "R-7");
  CHECK(line.at("fields") == json::parse(R"(["phone","company_name"])"));
}

TEST_CASE("plan: neither file is there before both are complete, and nobody else may read them") {
  const TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  const wonder::Customer customer = chan();
  const auto is_there = [&](std::string_view name) { return std::filesystem::exists(run.path(name)); };
  {
    PlanWriter broken_off(run);
    broken_off.add(differing(1, customer, phone));
  }
  CHECK_FALSE(is_there("plan.ndjson"));
  CHECK_FALSE(is_there("rollback.ndjson"));
  PlanWriter writer(run);
  for (std::uint64_t row = 1; row <= 2'000; ++row) writer.add(differing(row, customer, phone));  // more than it holds
  CHECK_FALSE(is_there("plan.ndjson"));
  CHECK_FALSE(is_there("rollback.ndjson"));
  writer.close();
  CHECK(amend::test::mode_of(run.path("plan.ndjson")) == 0600);
  CHECK(amend::test::mode_of(run.path("rollback.ndjson")) == 0600);
  const auto lines = [&](std::string_view name) {
    return std::ranges::count(amend::test::content(run.path(name)), '\n');
  };
  CHECK(lines("plan.ndjson") == 2'001);  // and nothing of what was broken off
  CHECK(lines("rollback.ndjson") == 2'000);
  CHECK_FALSE(is_there("plan.ndjson.tmp"));
  CHECK_FALSE(is_there("rollback.ndjson.tmp"));
}

TEST_CASE("plan: a line of rollback.ndjson that is none of ours is refused") {
  for (const char* line : {R"({"row":3,"sent":{"nickname":"x"}})", R"({"row":3,"sent":{"name":7}})", R"({"row":3})",
                           R"({"sent":{"name":"x"}})", "[]", ""}) {
    CAPTURE(line);
    CHECK_THROWS_AS(RowToUndo{line}, InputError);
  }
}

TEST_CASE(
    "plan: rollback.ndjson has what the API held in the fields that are overwritten and can be undone, and what was "
    "sent") {
  const wonder::Customer customer = chan();
  const std::string body = R"({"phone":"1","company_name":"X","default_payment_method":"Alipay","name":"A"})";
  const Planned planned([&](PlanWriter& plan) {
    plan.add(plan_row(1, RowSign::same));
    plan.add(plan_row(2, RowSign::superseded));
    PlanRow row = differing(3, customer, phone | company_name | payment_method, body);
    row.overwritten = row.differs;
    row.not_undoable = company_name;
    plan.add(row);
    PlanRow nothing = differing(4, customer, company_name, R"({"company_name":"X"})");
    nothing.overwritten = nothing.not_undoable = company_name;
    plan.add(nothing);
    plan.add_missing(customer);
  });
  const std::string text = planned.rollback();
  REQUIRE(std::ranges::count(text, '\n') == 2);
  const std::string first = text.substr(0, text.find('\n'));
  const std::string second = text.substr(first.size() + 1);
  CHECK(json::parse(first) == json::parse(R"({"row":3,"id":")" + uuid +
                                          R"(","phone":"91234567","default_payment_method":"","sent":)" + body + "}"));
  CHECK(json::parse(second) == json::parse(R"({"row":4,"id":")" + uuid + R"(","sent":{"company_name":"X"}})"));
  const RowToUndo undo(first);
  CHECK(undo.row == 3);
  CHECK(undo.sent[0] == "A");
  CHECK(undo.sent[1] == "1");
  CHECK_FALSE(undo.sent[2]);
  CHECK_THROWS_AS(RowToUndo(R"({"row":3,"id":"x","phone":"1"})"), InputError);
  CHECK_THROWS_AS(RowToUndo(R"({"row":3,"sent":"x"})"), InputError);
  CHECK_THROWS_AS(RowToUndo("3"), InputError);
}

TEST_CASE("plan: a line that amend does not write is refused, and named") {
  const TemporaryDirectory directory;
  const std::string file = directory / "plan.ndjson";
  const std::string good = R"({"row":1,"line":2,"hash":"00000000000000ff","sign":"="})";
  const auto read_all = [&](const std::string& second) {
    std::string text = good.substr(0, good.size() - 1);
    const std::uint32_t sum = close_plan_line(text, 0, 0);
    const std::size_t begin = text.size();
    text += second.empty() ? second : second.substr(0, second.size() - 1);
    if (second.ends_with('}')) {
      close_plan_line(text, begin, sum);
    } else {
      text += second.empty() ? "\n" : second.substr(second.size() - 1) + "\n";
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text << R"({"rows":2,"signs":{"=":2})"
                                                            << "\n";
    PlanReader reader(file);
    PlannedRow row;
    while (reader.next(row)) {
    }
  };
  const std::string differs = R"("row":2,"hash":"ff","sign":"*","id":")" + uuid + R"(","body":{},"before":{})";
  CHECK_NOTHROW(read_all(good));
  CHECK_NOTHROW(read_all("{" + differs + "}"));
  const std::string bad[] = {
      "",
      "nonsense",
      "[1]",
      good.substr(0, good.size() - 1),
      good + good,
      "{}",
      R"({"row":2,"hash":"ff"})",
      R"({"row":2,"hash":"ff","sign":"?"})",
      R"({"row":2,"hash":"ff","sign":""})",
      R"({"row":2,"hash":"ff","sign":"=="})",
      R"({"row":2,"hash":"ff","sign":61})",
      R"({"row":2,"sign":"="})",
      R"({"row":2,"hash":"","sign":"="})",
      R"({"row":2,"hash":"fg","sign":"="})",
      R"({"row":2,"hash":255,"sign":"="})",
      R"({"row":2,"hash":"ff00ff00ff00ff00f","sign":"="})",
      R"({"hash":"ff","sign":"="})",
      R"({"row":0,"hash":"ff","sign":"="})",
      R"({"row":-1,"hash":"ff","sign":"="})",
      R"({"row":"2","hash":"ff","sign":"="})",
      R"({"row":2,"hash":"ff","sign":"=","id":"R-7"})",
      R"({"sign":"-","id":"R-7"})",
      R"({"row":2,"hash":"ff","sign":"*","body":{},"before":{}})",
      R"({"row":2,"hash":"ff","sign":"*","id":")" + uuid + R"(","before":{}})",
      R"({"row":2,"hash":"ff","sign":"*","id":")" + uuid + R"(","body":{}})",
      R"({"row":2,"hash":"ff","sign":"*","id":")" + uuid + R"(","body":"{}","before":{}})",
      R"({"row":2,"hash":"ff","sign":"*","id":")" + uuid + R"(","body":{},"before":[]})",
  };
  for (const std::string& line : bad) {
    CAPTURE(line);
    CHECK_THROWS_WITH_AS(read_all(line), doctest::Contains("plan.ndjson: line 2 is not in the form that amend writes"),
                         InputError);
  }
  CHECK_THROWS_WITH_AS(PlanReader(directory / "none.ndjson"), doctest::Contains("none.ndjson: cannot be read"),
                       InputError);
}

TEST_CASE("planned rows: each row ends, or is sent, as the plan says") {
  const wonder::Customer customer = chan();
  const Reason input("input.phone.missing", "phone is required", Origin::input, 4);
  const Reason api("http.500", "HTTP 500", Origin::api);
  const Reason run("reconcile.changed", "changed by somebody else", Origin::run);
  const Planned planned([&](PlanWriter& plan) {
    PlanRow same = plan_row(1, RowSign::same);
    same.customer = &customer;
    plan.add(same);
    plan.add(plan_row(2, RowSign::passed_over));
    plan.add(plan_row(3, RowSign::superseded));
    plan.add(plan_row(4, RowSign::only_file));
    std::uint64_t row = 5;
    for (const Reason* reason : {&input, &api, &run}) {
      PlanRow unreadable = plan_row(row++, RowSign::unreadable);
      unreadable.reason = reason;
      plan.add(unreadable);
    }
    plan.add(differing(8, customer, phone));
    plan.add_missing(customer);
  });
  Preparing preparing(planned);
  const auto ends = [&](std::uint64_t row, Status status, const std::string& code, Origin origin) {
    CAPTURE(row);
    const PreparedRow prepared = preparing.prepare(row);
    REQUIRE(prepared.end());
    CHECK(*prepared.end() == status);
    REQUIRE(prepared.reason.has_value() == !code.empty());
    if (prepared.reason) CHECK(prepared.reason->code == code);
    if (prepared.reason) CHECK(prepared.reason->origin == origin);
    CHECK(preparing.last().body.size == 0);
    CHECK(preparing.last().position == Position(row, row + 1, 100 * row));
    CHECK(preparing.text(preparing.last().raw) == raw_of(row));
    CHECK(preparing.text(preparing.last().id) == (row == 1 ? uuid : "R-7"));
    return prepared;
  };
  ends(1, Status::unchanged, "", Origin::run);
  ends(2, Status::unchanged, "", Origin::run);
  ends(3, Status::superseded, "", Origin::run);
  ends(4, Status::failed, "reconcile.not_found", Origin::api);
  const PreparedRow rejected = ends(5, Status::rejected, "input.phone.missing", Origin::input);
  CHECK(rejected.reason->text == "phone is required");
  CHECK(rejected.reason->column == 4);
  ends(6, Status::failed, "http.500", Origin::api);
  ends(7, Status::failed, "reconcile.changed", Origin::run);
  CHECK_FALSE(preparing.prepare(8).end());
  CHECK(preparing.batch.size() == 8);
}

TEST_CASE(
    "planned rows: a row that differs goes to its customer's uuid with the planned body, and what was there before") {
  const wonder::Customer customer = chan();
  const std::string with_token = R"({"phone":"1","default_payment_token":"2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"})";
  const Planned planned([&](PlanWriter& plan) {
    plan.add(differing(1, customer, phone, with_token));
    plan.add(differing(2, customer, phone, R"({"phone":"\"2\"","default_payment_token":""})"));
    plan.add(differing(3, customer, phone, R"({"phone":"3","default_payment_token":null})"));
    plan.add(differing(4, customer, phone, R"({"phone":"4"})"));
    plan.add(plan_row(5, RowSign::only_file));
  });
  Preparing preparing(planned);
  CHECK(preparing.key_of(1) == wonder::customer_key(uuid));
  CHECK_FALSE(preparing.prepare(1).end());
  const Update& update = preparing.last();
  CHECK(update.position == Position(1, 2, 100));
  CHECK(update.key == wonder::customer_key(uuid));
  CHECK(preparing.text(update.id) == uuid);
  CHECK(preparing.text(update.body) == with_token);
  CHECK(preparing.text(update.before) == values_json(customer));
  CHECK(preparing.text(update.guard) == "R-7");
  CHECK(preparing.text(update.raw) == raw_of(1));
  CHECK(update.sends_token);
  for (std::uint64_t row = 2; row <= 4; ++row) {
    CHECK_FALSE(preparing.prepare(row).end());
    CHECK_FALSE(preparing.last().sends_token);
  }
  CHECK(preparing.text(preparing.batch[1].body) == R"({"phone":"\"2\"","default_payment_token":""})");
  CHECK(preparing.key_of(5) == 0);  // nothing is sent for it
}

TEST_CASE("planned rows: a token that the customer has already binds no card, whoever names it and in either case") {
  const wonder::Customer customer = chan();
  const std::string capitals = "1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED";
  const Planned planned([&](PlanWriter& plan) {
    plan.add(differing(1, customer, phone, R"({"phone":"1","default_payment_token":")" + token + R"("})"));
    plan.add(differing(2, customer, phone, R"({"phone":"1","default_payment_token":")" + capitals + R"("})"));
  });
  Preparing preparing(planned);
  for (std::uint64_t row = 1; row <= 2; ++row) {
    CHECK_FALSE(preparing.prepare(row).end());
    CHECK_FALSE(preparing.last().sends_token);
  }
}

TEST_CASE("planned rows: a row that is not what it was when it was compared is refused, and named") {
  const wonder::Customer customer = chan();
  const Planned planned([&](PlanWriter& plan) {
    plan.add(plan_row(1, RowSign::same));
    plan.add(differing(2, customer, phone));
    plan.add(plan_row(4, RowSign::same));
  });
  const auto refused = [&](std::uint64_t row, const std::string& raw, const char* words) {
    Preparing preparing(planned);
    CHECK_FALSE(preparing.prepare(1).reason);
    CAPTURE(row);
    CHECK_THROWS_WITH_AS(preparing.prepare(row, raw), doctest::Contains(words), InputError);
    CHECK(preparing.batch.size() == 1);
  };
  refused(2, raw_of(2) + " ", "people.csv: row 2 (line 3) differs from the row that the run read");
  refused(2, raw_of(1), "row 2 (line 3) differs from the ");
  refused(3, raw_of(3), "row 3 (line 4) differs from the ");  // the plan has no line for it
  refused(3, raw_of(4), "row 3 (line 4) differs from the ");  // what stood in row 4 has moved up
  refused(5, raw_of(5), "has no line for row 5");
  Preparing preparing(planned);
  preparing.prepare(2);
  CHECK_THROWS_WITH_AS(preparing.prepare(1), doctest::Contains("row 1 (line 2) differs from the "), InputError);
}

TEST_CASE("planned rows: a file that ends before its plan does is refused: rows would be lost without a word") {
  const wonder::Customer customer = chan();
  const Planned planned([&](PlanWriter& plan) {
    plan.add(plan_row(1, RowSign::same));
    plan.add(plan_row(2, RowSign::same));
    plan.add_missing(customer);
  });
  Preparing preparing(planned);
  preparing.prepare(1);
  CHECK_THROWS_WITH_AS(preparing.rows.end_of_input(1),
                       doctest::Contains("people.csv: has no row 2, which the run read"), InputError);
  Preparing whole(planned);
  whole.prepare(1);
  CHECK_NOTHROW(whole.rows.end_of_input(2));  // the second one has its record already
}

TEST_CASE("planned rows: a plan of fewer rows than the file is refused, also when customers without a row follow") {
  const wonder::Customer customer = chan();
  for (const bool missing : {false, true}) {
    const Planned planned([&](PlanWriter& plan) {
      plan.add(plan_row(1, RowSign::same));
      if (missing) plan.add_missing(customer);
    });
    Preparing preparing(planned);
    CHECK(preparing.prepare(1).end());
    CHECK_THROWS_WITH_AS(preparing.prepare(2), doctest::Contains("plan.ndjson has no line for row 2"), InputError);
  }
}

TEST_CASE("planned rows: rows that a resumed run has behind it are passed over in the plan too") {
  const wonder::Customer customer = chan();
  const Planned planned([&](PlanWriter& plan) {
    for (std::uint64_t row = 1; row <= 9; ++row)
      plan.add(differing(row, customer, phone, R"({"phone":")" + std::to_string(row) + R"("})"));
  });
  Preparing preparing(planned);
  for (const std::uint64_t row : {3, 4, 9}) {
    CHECK_FALSE(preparing.prepare(row).end());
    CHECK(preparing.text(preparing.last().body) == R"({"phone":")" + std::to_string(row) + R"("})");
  }
}
