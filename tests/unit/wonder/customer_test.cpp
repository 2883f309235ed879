#include "amend/wonder/customer.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace amend::wonder;

namespace {

const std::string uuid = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

std::string wrapped(const std::string& customer) { return R"({"code":200,"data":{"customer":)" + customer + "}}"; }

}  // namespace

TEST_CASE("customer: every field that an answer shows is read, and the token from its object") {
  const auto customer = read_customer(wrapped(
      R"({"uuid":")" + uuid +
      R"(","name":"Chan \"T\" \u9673","phone":"91234567","email":"a@b","dial_code":"+852","reference_number":"R-1",)"
      R"("default_payment_method":"Alipay","default_payment_token":{"token_type":"AlipayAutoDebit","token":"t"}})"));
  REQUIRE(customer);
  CHECK(customer->uuid == uuid);
  CHECK(customer->reference_number == "R-1");
  CHECK(customer->fields == decltype(customer->fields){"Chan \"T\" 陳", "91234567", "a@b", "+852", "", "Alipay", "t"});
}

TEST_CASE("customer: what is absent or null is empty, a number keeps its digits") {
  const auto customer = read_customer(
      wrapped(R"({"uuid":")" + uuid + R"(","name":null,"reference_number":10482,"default_payment_token":null})"));
  REQUIRE(customer);
  CHECK(customer->reference_number == "10482");
  for (const std::string& field : customer->fields) CHECK(field.empty());
}

TEST_CASE("customer: what is no customer is none") {
  for (const std::string& body :
       {std::string(), std::string("<html>"), std::string("[]"), std::string(R"({"data":null})"), wrapped("null"),
        wrapped("{}"), wrapped(R"({"uuid":"../x"})"), wrapped(R"({"uuid":7})")}) {
    CAPTURE(body);
    CHECK_FALSE(read_customer(body));
  }
}

TEST_CASE("customer: a page is the array of customers, wherever the API puts it; one that is none spoils it") {
  const std::string one = R"({"uuid":")" + uuid + R"("})";
  CHECK(read_customers(R"({"data":{"customers":[)" + one + "," + one + "]}}")->customers.size() == 2);
  CHECK(read_customers(R"({"data":[)" + one + "]}")->customers.size() == 1);
  CHECK(read_customers(R"({"data":[]})")->customers.empty());
  CHECK_FALSE(read_customers(R"({"data":{"customer":)" + one + "}}"));
  for (const char* odd : {"{}", "null", "7", "[]", R"({"uuid":""})", R"({"uuid":7})", R"({"uuid":"R-7"})"}) {
    CAPTURE(odd);
    const auto page = read_customers(R"({"data":[)" + one + "," + odd + "," + one + "]}");
    REQUIRE(page);
    CHECK(page->customers.size() == 2);
    CHECK(page->unreadable == 1);
  }
  CHECK_FALSE(read_customers("null"));
}
