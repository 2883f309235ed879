// The requests that a row of a reconciliation makes when it is applied, and what their answers mean.
#include "plan/planned_call.hpp"

#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <deque>
#include <string>

#include "plan/comparison.hpp"
#include "wonder/response_classifier.hpp"

using namespace amend;
namespace json = boost::json;
using wonder::Classification;
using wonder::ResponseClass;

namespace {

const std::string call_uuid = "0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44";
const std::string card_token = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
const std::string other_token = "2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

constexpr std::size_t name_at = 0;
constexpr std::size_t phone_at = 1;
constexpr std::size_t email_at = 2;
constexpr std::size_t dial_code_at = 3;
constexpr std::size_t token_at = 6;

// A customer as the API holds it: what was compared, and what may be there by now.
class Held {
 public:
  Held() {
    customer.uuid = call_uuid;
    customer.reference_number = "R-7";
    customer.fields = {"Chan Tai Man", "91234567", "chan@example.com", "+852", "", "Credit Card", card_token};
  }
  Held with(std::size_t field, std::string value) const {
    Held out = *this;
    out.customer.fields[field] = std::move(value);
    return out;
  }
  Held with_card_error() const {
    Held out = *this;
    out.card_error = true;
    return out;
  }
  std::string answer() const {
    json::object shown{{"uuid", customer.uuid}, {"reference_number", customer.reference_number}};
    for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
      const std::string_view field = wonder::customer_fields()[i].name;
      if (field != "company_name" && i != token_at) shown[field] = customer.fields[i];
    }
    shown["default_payment_token"] = json::object{{"token", customer.fields[token_at]},
                                                  {"error_code", card_error ? "E5" : ""},
                                                  {"error_msg", card_error ? "declined" : ""}};
    return json::serialize(json::object{{"code", 200}, {"data", json::object{{"customer", shown}}}});
  }

  wonder::Customer customer;
  bool card_error = false;
};

// The call of a run, and rows of its plan that are all about the customer that was Held.
class Bench {
 public:
  explicit Bench(Recheck recheck, Guard guard = Guard::off) {
    ReconcileConfig config;
    config.recheck = recheck;
    call_ = make_planned_call(prefix_, guard, config);
  }
  explicit Bench(const ReconcileConfig& config) : call_(make_planned_call(prefix_, Guard::off, config)) {}

  RowRef row(const std::string& body, const std::string& key = "R-7") {
    Batch& batch = batches_.emplace_back();
    Update update;
    update.position = Position(batches_.size(), batches_.size() + 1, 0);
    update.id = append(batch, call_uuid);
    update.body = append(batch, body);
    update.before = append(batch, values_json(Held().customer));
    update.guard = append(batch, key);
    update.sends_token = WantedFields(body)[token_at].value_or("") != "";
    batch.push_back(update);
    return RowRef(batch, 0);
  }
  ApiCall& call() { return *call_; }
  void lost(const RowRef& row) { call_->lost(row, Applied::maybe); }
  Classification answered(const RowRef& row, const Held& shown) { return answered(row, 200, shown.answer()); }
  Classification answered(const RowRef& row, std::uint16_t status, const std::string& body) {
    Response response;
    response.status = status;
    response.body = body;
    return call_->classify(response, row);
  }
  // "GET /v1/customers/… {}": what would go out now.
  std::string request(const RowRef& row) const {
    std::string target;
    call_->append_target(row, target);
    CHECK(target.starts_with("/v1/"));
    CHECK(target.ends_with("/" + call_uuid));
    CHECK(call_->writes(row) == (call_->method(row) == "PUT"));
    return std::string(call_->method(row)) + " " + std::string(call_->body(row));
  }
  // What the GET before the PUT leads to.
  Classification recheck(const std::string& body, const Held& shown) {
    const RowRef asked = row(body);
    CHECK(request(asked) == "GET ");
    Classification classification = answered(asked, shown);
    CHECK(request(asked) == (classification.response_class == ResponseClass::next_request ? "PUT " + body : "GET "));
    return classification;
  }

 private:
  static Slice append(Batch& batch, std::string_view text) {
    const std::size_t begin = batch.arena().size();
    batch.arena() += text;
    return batch.slice_from(begin);
  }

  std::string prefix_ = "/v1";
  std::unique_ptr<ApiCall> call_;
  std::deque<Batch> batches_;
};

const std::string body = R"({"name":"Chan Tai Man","phone":"1"})";

}  // namespace

TEST_CASE("planned call: without --recheck the planned body is put at once") {
  Bench bench(Recheck::no);
  const RowRef row = bench.row(body);
  CHECK(bench.request(row) == "PUT " + body);
  const Classification classification = bench.answered(row, Held().with(phone_at, "1"));
  CHECK(classification.response_class == ResponseClass::success);
  CHECK(classification.warning.empty());
  CHECK(classification.drift == 0);
}

TEST_CASE("planned call: with --recheck a customer that is as it was is read, then written") {
  Bench bench(Recheck::yes);
  const RowRef row = bench.row(body);
  const RowRef other = bench.row(body);
  CHECK(bench.request(row) == "GET ");
  CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
  CHECK(bench.request(row) == "PUT " + body);
  CHECK(bench.request(other) == "GET ");  // each row asks for itself
  const Classification classification = bench.answered(row, Held().with(phone_at, "1"));
  CHECK(classification.response_class == ResponseClass::success);
  CHECK(classification.drift == 0);
}

TEST_CASE(
    "planned call: with --recheck a customer is read again before it is written again, however the PUT was lost") {
  Bench bench(Recheck::yes);
  const RowRef row = bench.row(body);
  CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
  CHECK(bench.answered(row, 503, "").response_class == ResponseClass::gateway);
  CHECK(bench.request(row) == "GET ");
  CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
  CHECK(bench.request(row) == "PUT " + body);
  bench.lost(row);
  CHECK(bench.request(row) == "GET ");
  CHECK(bench.answered(row, Held().with(phone_at, "2")).response_class == ResponseClass::withheld);
  // What the lost PUT has written is a success, not something that was there before.
  const Classification classification = bench.answered(row, Held().with(phone_at, "1"));
  CHECK(classification.response_class == ResponseClass::success);
  CHECK(classification.warning == "the PUT got no complete response, but the API shows the values that were sent");
}

TEST_CASE("planned call: with --recheck a customer that was read long ago is read again before it is written") {
  Bench bench(Recheck::yes);
  const RowRef row = bench.row(body);
  CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
  bench.call().outdated(row);
  CHECK(bench.request(row) == "GET ");
  CHECK(bench.answered(row, Held().with(phone_at, "1")).response_class ==
        ResponseClass::unchanged);  // nothing was tried
}

TEST_CASE("planned call: with --recheck a PUT that was not processed for certain has written nothing") {
  Bench bench(Recheck::yes);
  const RowRef row = bench.row(body);
  CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
  bench.call().lost(row, Applied::no);
  CHECK(bench.answered(row, Held().with(phone_at, "1")).response_class == ResponseClass::unchanged);
}

TEST_CASE("planned call: with --recheck a 429 has written nothing") {
  Bench bench(Recheck::yes);
  const RowRef row = bench.row(body);
  CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
  CHECK(bench.answered(row, 429, "").response_class == ResponseClass::gateway);
  CHECK(bench.request(row) == "GET ");
  CHECK(bench.answered(row, Held().with(phone_at, "1")).response_class == ResponseClass::unchanged);
}

TEST_CASE("planned call: a customer that has become what the row wants meanwhile is left alone") {
  Bench bench(Recheck::yes);
  const Classification classification = bench.recheck(body, Held().with(phone_at, "1"));
  CHECK(classification.response_class == ResponseClass::unchanged);
  CHECK(classification.code.empty());
  CHECK(bench.recheck(body, Held().with(phone_at, "1").with(dial_code_at, "+1")).response_class ==
        ResponseClass::unchanged);
  const std::string with_token = R"({"default_payment_token":")" + other_token + R"("})";
  CHECK(bench.recheck(with_token, Held().with(token_at, "2B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED")).response_class ==
        ResponseClass::unchanged);
}

TEST_CASE("planned call: what somebody else has written meanwhile is not overwritten, and named") {
  Bench bench(Recheck::yes);
  const Classification classification = bench.recheck(body, Held().with(phone_at, "2"));
  CHECK(classification.response_class == ResponseClass::withheld);
  CHECK(classification.code == "reconcile.changed");
  CHECK(classification.text == "the customer changed after the comparison: phone");
  CHECK(classification.text.find("91234567") == std::string::npos);
  CHECK(bench.recheck(body, Held().with(phone_at, "2").with(name_at, "Chan")).text ==
        "the customer changed after the comparison: name, phone");
  CHECK(bench.recheck(body, Held().with(phone_at, "")).response_class == ResponseClass::withheld);
  CHECK(bench.recheck(body, Held().with(phone_at, "2").with(dial_code_at, "+1")).text ==
        "the customer changed after the comparison: phone");  // the row says nothing about the other one
  // A field that would only be carried along counts as well: the PUT would turn it back.
  CHECK(bench.recheck(body, Held().with(name_at, "Chan")).text == "the customer changed after the comparison: name");
}

TEST_CASE("planned call: a change that the PUT would not turn back is no obstacle") {
  Bench bench(Recheck::yes);
  const std::string two = R"({"phone":"1","email":"new@example.com"})";
  CHECK(bench.recheck(two, Held().with(email_at, "new@example.com")).response_class == ResponseClass::next_request);
  CHECK(bench.recheck(two, Held().with(dial_code_at, "+1")).response_class == ResponseClass::next_request);
  CHECK(bench.recheck(R"({"phone":"1","email":""})", Held().with(email_at, "x@example.com")).response_class ==
        ResponseClass::next_request);
}

TEST_CASE("planned call: a company_name never counts as right already") {
  Bench bench(Recheck::yes);
  const std::string with_company = R"({"company_name":"Acme","name":"Chan Tai Man","phone":"91234567"})";
  CHECK(bench.recheck(with_company, Held()).response_class == ResponseClass::next_request);
  CHECK(bench.recheck(with_company, Held().with(phone_at, "2")).response_class == ResponseClass::withheld);
  CHECK(bench.recheck(R"({"name":"Chan Tai Man","phone":"91234567"})", Held()).response_class ==
        ResponseClass::unchanged);
}

TEST_CASE("planned call: an answer to the PUT that shows other values is a success with a drift and a warning") {
  for (const Recheck recheck : {Recheck::no, Recheck::yes}) {
    Bench bench(recheck);
    const auto put = [&](const std::string& sent, const Held& shown) {
      const RowRef row = bench.row(sent);
      if (recheck == Recheck::yes) CHECK(bench.answered(row, Held()).response_class == ResponseClass::next_request);
      Classification classification = bench.answered(row, shown);
      CHECK(classification.response_class == ResponseClass::success);
      return classification;
    };
    const Classification drifted = put(body, Held().with(phone_at, "01"));
    CHECK(drifted.drift == 1U << phone_at);
    CHECK(drifted.warning == "the values in the response differ from the values that were sent: phone");
    const Classification others = put(body, Held().with(phone_at, "1").with(dial_code_at, "+1"));
    CHECK(others.drift == 0);
    CHECK(others.warning == "changed by another client, not by this request: dial_code");
    const Classification all = put(body, Held().with(name_at, "X").with(dial_code_at, "+1").with_card_error());
    CHECK(all.drift == (1U << name_at | 1U << phone_at));
    CHECK(all.warning ==
          "card on file: E5 declined; the values in the response differ from the values that were sent: name, phone; "
          "changed by another client, not by this request: dial_code");
    CHECK(put(R"({"phone":"1","email":"","company_name":"X"})", Held().with(phone_at, "1")).warning.empty());
  }
}

TEST_CASE("planned call: what the comparison ignores is neither drift nor a warning, nor a reason to write") {
  const std::string with_email = R"({"name":"Chan Tai Man","phone":"1","email":"CHAN@example.com"})";
  const auto put = [&](const ReconcileConfig& config) {
    Bench bench(config);
    return bench.answered(bench.row(with_email), Held().with(phone_at, "1").with(name_at, "chan Tai Man"));
  };
  ReconcileConfig config;
  CHECK(put(config).drift == (1U << name_at | 1U << email_at));
  config.ignore_case = {"email", "name"};
  const Classification classification = put(config);
  CHECK(classification.response_class == ResponseClass::success);
  CHECK(classification.drift == 0);
  CHECK(classification.warning.empty());
  Bench unsent(config);
  const RowRef row = unsent.row(R"({"phone":"1"})");
  CHECK(unsent.answered(row, Held().with(phone_at, "1").with(name_at, "CHAN TAI MAN")).warning.empty());
  config.recheck = Recheck::yes;
  Bench again(config);
  CHECK(again.recheck(with_email, Held().with(phone_at, "1")).response_class == ResponseClass::unchanged);
}

TEST_CASE("planned call: another reference_number than the row's is told before anything is written") {
  Bench bench(Recheck::yes, Guard::reference_number);
  const RowRef others = bench.row(body, "R-8");
  CHECK(bench.answered(others, Held()).response_class == ResponseClass::guard_mismatch);
  CHECK(bench.request(others) == "GET ");
  const RowRef ours = bench.row(body, "R-7");
  CHECK(bench.answered(ours, Held()).response_class == ResponseClass::next_request);
  Bench unguarded(Recheck::yes);
  CHECK(unguarded.answered(unguarded.row(body, "R-8"), Held()).response_class == ResponseClass::next_request);
}

TEST_CASE("planned call: a card that was refused before says nothing about the one that is to be sent") {
  Bench bench(Recheck::yes);
  const std::string with_token = R"({"default_payment_token":")" + other_token + R"("})";
  const RowRef row = bench.row(with_token);
  CHECK(bench.answered(row, Held().with_card_error()).response_class == ResponseClass::next_request);
  const Classification put = bench.answered(row, Held().with(token_at, other_token).with_card_error());
  CHECK(put.response_class == ResponseClass::card_refused);
  CHECK(put.code == "E5");
}

TEST_CASE("planned call: an answer to the GET that shows no customer decides nothing") {
  Bench bench(Recheck::yes);
  const RowRef row = bench.row(body);
  CHECK(bench.answered(row, 503, "").response_class == ResponseClass::gateway);
  CHECK(bench.answered(row, 404, R"({"code":"E1","message":"no such customer"})").response_class ==
        ResponseClass::refused);
  CHECK(bench.answered(row, 200, "<html>").response_class == ResponseClass::gateway);
  CHECK(bench.answered(row, 200, R"({"code":200,"data":{}})").response_class == ResponseClass::unusable);
  Held somebody;
  somebody.customer.uuid = "00000000-6f0e-4d59-9c1b-7a3c1f0e2d44";
  CHECK(bench.answered(row, somebody).response_class == ResponseClass::mismatch);
  CHECK(bench.request(row) == "GET ");
}
