#include "amend/reconcile/comparison.hpp"

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
