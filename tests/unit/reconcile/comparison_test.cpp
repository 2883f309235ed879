#include "plan/comparison.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"

using namespace amend;

namespace {

const std::string token = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

wonder::Customer chan() {
  wonder::Customer customer;
  customer.uuid = "0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44";
  customer.fields = {"Chan Tai Man", "91234567", "chan@example.com", "+852", "", "Credit Card", token};
  return customer;
}

// "name,phone": the fields that differ.
std::string differing(const std::string& body, const ReconcileConfig& config = ReconcileConfig()) {
  const ComparisonResult result = Comparison(config).compare(WantedFields(body), chan());
  std::string names;
  for (std::size_t i = 0; i < result.differs.size(); ++i)
    if (result.differs[i]) names += (names.empty() ? "" : ",") + std::string(wonder::customer_fields()[i].name);
  return names;
}

FieldSet all_fields() { return FieldSet().set(); }

}  // namespace

TEST_CASE("comparison: only what the row has is compared, character by character") {
  CHECK(differing("{}").empty());
  CHECK(differing(R"({"name":"Chan Tai Man","phone":"91234567"})").empty());
  CHECK(differing(R"({"name":"Chan Tai Man ","phone":"91234567"})") == "name");
  CHECK(differing(R"({"name":"chan tai man","dial_code":"852","email":"chan@example.com"})") == "name,dial_code");
}

TEST_CASE("comparison: a token is compared with the one on file, as uuids are") {
  CHECK(differing(R"({"default_payment_token":"1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"})").empty());
  CHECK(differing(R"({"default_payment_token":"2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"})") == "default_payment_token");
}

TEST_CASE("comparison: clearing is a difference only where the API clears") {
  CHECK(differing(R"({"default_payment_method":"","default_payment_token":null})") ==
        "default_payment_method,default_payment_token");
  CHECK(differing(R"({"email":"","name":"","phone":null})").empty());
  const auto result = Comparison(ReconcileConfig()).compare(WantedFields(R"({"email":"","name":"x"})"), chan());
  CHECK(result.cannot_be_cleared.count() == 1);
}

TEST_CASE("comparison: a company_name cannot be compared; it differs always or never") {
  ReconcileConfig config;
  CHECK(differing(R"({"company_name":"X"})", config).empty());
  CHECK(Comparison(config).compare(WantedFields(R"({"company_name":"X"})"), chan()).not_compared.count() == 1);
  config.company_name = CompanyName::always;
  CHECK(differing(R"({"company_name":"X"})", config) == "company_name");
}

TEST_CASE("comparison: case and white space are no difference where that was said, and nowhere else") {
  ReconcileConfig config;
  config.ignore_case = {"email"};
  CHECK(differing(R"({"email":"CHAN@Example.com","name":"CHAN TAI MAN"})", config) == "name");
  config.ignore_space = true;
  CHECK(differing(R"({"name":"  Chan \t Tai Man\n"})", config).empty());
  CHECK(differing(R"({"name":"ChanTai Man"})", config) == "name");
  CHECK(differing(R"({"name":"Chan Tai Man x"})", config) == "name");
  config.ignore_case = {"e-mail"};
  CHECK_THROWS_AS(Comparison{config}, ConfigError);
}

TEST_CASE("comparison: what is sent is the row, and what would be refused or lost without it, as it is now") {
  const auto sent = [](const std::string& row, const wonder::Customer& current) {
    return boost::json::parse(body_to_send(WantedFields(row), row, current));
  };
  CHECK(sent(R"({"email":"new@example.com"})", chan()) ==
        boost::json::parse(R"({"email":"new@example.com","name":"Chan Tai Man","phone":"91234567",)"
                           R"("default_payment_method":"Credit Card","default_payment_token":")" +
                           token + "\"}"));
  CHECK(sent(R"({"name":"A","phone":"1","default_payment_method":"Alipay","default_payment_token":""})", chan()) ==
        boost::json::parse(R"({"name":"A","phone":"1","default_payment_method":"Alipay","default_payment_token":""})"));
  wonder::Customer old = chan();
  old.fields[0] = "a \"quoted\"\nname";
  old.fields[5] = "Google Pay";  // shown by the API, and refused by it
  CHECK(sent("{}", old) == boost::json::parse(R"({"name":"a \"quoted\"\nname","phone":"91234567",)"
                                              R"("default_payment_token":")" +
                                              token + "\"}"));
}

TEST_CASE("comparison: what a customer holds is written down and read back as it was, but for the company_name") {
  wonder::Customer customer = chan();
  customer.fields = {"a \"quoted\"\\\nname", "陳大文 \xF0\x9F\x98\x80", "", "+852", "Acme", "Google Pay", "no uuid"};
  const WantedFields values(values_json(customer));
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    CAPTURE(wonder::customer_fields()[i].name);
    if (wonder::customer_fields()[i].name == "company_name") {
      CHECK_FALSE(values[i]);
    } else {
      REQUIRE(values[i]);
      CHECK(*values[i] == customer.fields[i]);
    }
  }
  CHECK(other_values(values, customer).none());
}

TEST_CASE("comparison: fields are named in the order of the API") {
  CHECK(names_of(FieldSet()).empty());
  CHECK(names_of(FieldSet(0b10)) == "phone");
  CHECK(names_of(FieldSet(0b101)) == "name, email");
  CHECK(names_of(all_fields()) ==
        "name, phone, email, dial_code, company_name, default_payment_method, default_payment_token");
}

TEST_CASE("comparison: other values: of what was written down, what the customer holds otherwise now") {
  const auto others = [](const std::string& values) { return names_of(other_values(WantedFields(values), chan())); };
  CHECK(others("{}").empty());
  CHECK(others(R"({"name":"Chan Tai Man","phone":"91234568"})") == "phone");
  CHECK(others(R"({"name":"chan tai man","email":"","default_payment_method":null})") ==
        "name, email, default_payment_method");
  CHECK(others(R"({"default_payment_token":"1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"})").empty());
  CHECK(others(R"({"company_name":"X"})").empty());
}

TEST_CASE("comparison: an answer to a PUT that shows something else than was sent has drifted") {
  const auto drifted = [](const std::string& sent) {
    return names_of(Comparison(ReconcileConfig()).drift(WantedFields(sent), chan()));
  };
  CHECK(drifted(R"({"name":"Chan Tai Man","phone":"91234567"})").empty());
  CHECK(drifted(R"({"name":"Chan Tai Man ","phone":"91234567"})") == "name");
  CHECK(drifted(R"({"name":"","phone":null,"email":"","dial_code":"","company_name":"X"})").empty());
  CHECK(drifted(R"({"default_payment_method":"","default_payment_token":null})") ==
        "default_payment_method, default_payment_token");
}

TEST_CASE("comparison: what is ignored is neither another value nor drift, field by field") {
  ReconcileConfig ignoring;
  ignoring.ignore_case = {"email", "name"};
  ignoring.ignore_space = true;
  const Comparison loose(ignoring);
  const Comparison exact{ReconcileConfig()};
  const auto check = [&](const std::string& sent, bool same_when_ignored) {
    CAPTURE(sent);
    const WantedFields fields(sent);
    CHECK(exact.drift(fields, chan()).any());
    CHECK(exact.other_values(fields, chan()).any());
    CHECK(loose.drift(fields, chan()).none() == same_when_ignored);
    CHECK(loose.other_values(fields, chan()).none() == same_when_ignored);
  };
  check(R"({"email":"Chan@Example.com"})", true);
  check(R"({"name":" CHAN  tai Man "})", true);
  check(R"({"phone":"9123 4567"})", false);
  check(R"({"email":"Chan@Example.org"})", false);
  check(R"({"dial_code":" +852"})", true);
  check(R"({"default_payment_method":"credit card"})", false);
}

TEST_CASE("comparison: a company_name is the one field that no answer shows") {
  CHECK(names_of(not_shown(WantedFields(R"({"name":"A","company_name":"","email":"x"})"))) == "company_name");
  CHECK(not_shown(WantedFields(R"({"name":"A","email":"x"})")).none());
}

TEST_CASE("comparison: what was overwritten can be undone only where the API takes the old value back") {
  const auto lost = [](const std::string& sent, const wonder::Customer& before) {
    return names_of(not_undoable(WantedFields(sent), before));
  };
  const std::string all = R"({"name":"A","phone":"1","email":"a@b","dial_code":"+1","default_payment_method":"Alipay",)"
                          R"("default_payment_token":"2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"})";
  CHECK(lost(all, chan()).empty());
  CHECK(lost(R"({"company_name":"X"})", chan()) == "company_name");
  wonder::Customer old = chan();
  old.fields = {};
  CHECK(lost(all, old) == "name, phone, email, dial_code");
  CHECK(lost(R"({"email":"","default_payment_method":""})", old).empty());  // nothing was overwritten
  old.fields = {std::string(256, 'x'), "1\n2", std::string(255, 'x'), "+852123", "", "Google Pay", "no uuid"};
  CHECK(lost(all, old) == "name, phone, dial_code, default_payment_method, default_payment_token");
  // The token is left out of the PUT, as the API would not take it: it may be cleared by that.
  CHECK(lost(R"({"dial_code":"+852123","default_payment_method":"Google Pay"})", old) == "default_payment_token");
}

TEST_CASE("comparison: a PUT overwrites what differs in any way, and what nobody can see") {
  const auto written = [](const std::string& sent) { return names_of(overwritten(WantedFields(sent), chan())); };
  CHECK(written(R"({"name":"chan tai man","phone":"91234567","company_name":"X"})") == "name, company_name");
  CHECK(written(R"({"phone":"91234567","email":""})").empty());
}

TEST_CASE("comparison: what is known to be the same is no difference although no answer shows it; other fields are") {
  ReconcileConfig config;
  config.company_name = CompanyName::always;
  const WantedFields wanted(R"({"name":"A","company_name":"X"})");
  const FieldSet company = not_shown(wanted);
  CHECK(names_of(Comparison(config).compare(wanted, chan()).differs) == "name, company_name");
  CHECK(names_of(Comparison(config).compare(wanted, chan(), company).differs) == "name");
  CHECK(Comparison(config).compare(WantedFields(R"({"company_name":"X"})"), chan(), company).same());
  config.company_name = CompanyName::never;
  CHECK(Comparison(config).compare(wanted, chan(), company).not_compared.none());
}
