#include "sim/api/api_handler.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>

#include "sim/api/customer_json.hpp"
#include "wonder/routes.hpp"

using namespace amend;
using namespace amend::sim;

namespace {

const std::string ada = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
const std::string stranger = "ffffffff-bbfd-4b2d-9b5d-ab8dfbbd4bed";
const std::string card = "0a0a0a0a-0000-4000-8000-00000000dead";
const std::string prefix(wonder::customers_path);

Customer make_ada() {
  Customer customer;
  customer.uuid = ada;
  customer.name = "Ada";
  customer.phone = "123";
  customer.email = "ada@example.com";
  customer.reference_number = "R-1";
  customer.default_payment_token = "0a0a0a0a-0000-4000-8000-000000000001";
  return customer;
}

class Api {
 public:
  explicit Api(ApiRules rules = {}) : handler(store, std::move(rules)) { store.put(make_ada()); }

  ApiResponse call(std::string_view method, const std::string& target, const std::string& body = "") {
    ApiRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    return handler.response(request);
  }
  ApiResponse put(const std::string& body, const std::string& id = ada) { return call("PUT", prefix + "/" + id, body); }

  CustomerStore store;
  ApiHandler handler;
};

boost::json::value customer_in(const ApiResponse& response) {
  return boost::json::parse(response.body).at("data").at("customer");
}

std::string text(const boost::json::value& value) { return boost::json::value_to<std::string>(value); }

std::string message_of(const ApiResponse& response) {
  return std::string(boost::json::parse(response.body).at("message").as_string());
}

}  // namespace

TEST_CASE("api_handler: a PUT changes the customer and answers with it, but never with company_name") {
  Api api;
  const auto response =
      api.put(R"({"name":"A\u00e9\"x","phone":"9","company_name":"ACME","dial_code":"+852","colour":1})");
  CHECK(response.status == 200);
  CHECK(response.applied);
  const auto customer = customer_in(response);
  CHECK(text(customer.at("uuid")) == ada);
  CHECK(text(customer.at("name")) == "Aé\"x");
  CHECK(text(customer.at("phone")) == "9");
  CHECK(text(customer.at("dial_code")) == "+852");
  CHECK(text(customer.at("reference_number")) == "R-1");
  CHECK_FALSE(customer.as_object().contains("company_name"));
  CHECK(api.store.find(ada)->company_name == "ACME");
  CHECK(api.store.find(ada)->updates == 1);
}

TEST_CASE("api_handler: name and phone must be present; a refusal names the field and changes nothing") {
  struct Row {
    const char* body;
    const char* named;
  };
  const std::string long_name = R"({"phone":"1","name":")" + std::string(256, 'x') + "\"}";
  const Row rows[] = {
      {R"({"phone":"1"})", "name"},
      {R"({"name":"x"})", "phone"},
      {R"({"name":null,"phone":"1"})", "name"},
      {R"({"name":7,"phone":"1"})", "name"},
      {long_name.c_str(), "name"},
      {R"({"name":"x","phone":"1","dial_code":"+852123"})", "dial_code"},
      {R"({"name":"x","phone":"1","default_payment_method":"Cash"})", "default_payment_method"},
      {R"({"name":"x","phone":"1","default_payment_token":"no"})", "default_payment_token"},
      {R"(["name"])", "object"},
      {R"({"name":"x",)", "JSON"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    Api api;
    const auto response = api.put(row.body);
    CHECK(response.status == 400);
    CHECK_FALSE(response.applied);
    CHECK(message_of(response).find(row.named) != std::string::npos);
    CHECK(api.store.find(ada)->name == "Ada");
    CHECK(api.store.find(ada)->updates == 0);
  }
}

TEST_CASE("api_handler: an empty name, phone or email leaves the value; an empty or null token clears it") {
  Api api;
  CHECK(api.put(R"({"name":"","phone":"","email":""})").status == 200);
  CHECK(api.store.find(ada)->name == "Ada");
  CHECK(api.store.find(ada)->phone == "123");
  CHECK(api.store.find(ada)->email == "ada@example.com");
  CHECK_FALSE(api.store.find(ada)->default_payment_token.empty());
  SUBCASE("empty") {
    CHECK(customer_in(api.put(R"({"name":"A","phone":"1","default_payment_token":""})"))
              .at("default_payment_token")
              .is_null());
  }
  SUBCASE("null") {
    CHECK(customer_in(api.put(R"({"name":"A","phone":"1","default_payment_token":null})"))
              .at("default_payment_token")
              .is_null());
  }
  CHECK(api.store.find(ada)->default_payment_token.empty());
}

TEST_CASE("api_handler: a token is shown as an object of the method's type; a refused card is an error inside a 200") {
  ApiRules rules;
  rules.card_error_suffix = "dead";
  Api api(rules);
  const auto paid = customer_in(api.put(R"({"name":"A","phone":"1","default_payment_method":"Alipay"})"));
  CHECK(text(paid.at("default_payment_token").at("token_type")) == "AlipayAutoDebit");
  CHECK(text(paid.at("default_payment_token").at("error_code")) == "");
  CHECK_FALSE(paid.at("default_payment_token").as_object().contains("credit_card"));

  const auto response = api.put(
      R"({"name":"A","phone":"2","default_payment_method":"Credit Card","default_payment_token":")" + card + "\"}");
  const auto token = customer_in(response).at("default_payment_token");
  CHECK(response.status == 200);
  CHECK(response.applied);
  CHECK(text(token.at("token")) == card);
  CHECK(text(token.at("error_code")) == "E0CARD");
  CHECK(text(token.at("credit_card").at("holder_name")) == "A");
  CHECK(api.store.find(ada)->phone == "2");
}

TEST_CASE("api_handler: an unknown customer is 404, unless any id is accepted") {
  ApiRules rules;
  SUBCASE("refused") {
    Api api(rules);
    CHECK(api.put(R"({"name":"x","phone":"1"})", stranger).status == 404);
    CHECK(api.store.size() == 1);
  }
  SUBCASE("created") {
    rules.accept_any_id = true;
    Api api(rules);
    CHECK(api.put(R"({"name":"x"})", stranger).status == 400);
    CHECK(api.put(R"({"name":"x","phone":"1"})", stranger).status == 200);
    CHECK(api.put(R"({"name":"x","phone":"1"})", "not-a-uuid").status == 404);
    CHECK(api.store.size() == 2);
  }
}

TEST_CASE("api_handler: ids compare without ASCII case, percent escapes are read") {
  Api api;
  CHECK(api.put(R"({"name":"x","phone":"1"})", "1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED").status == 200);
  CHECK(api.put(R"({"name":"x","phone":"1"})", "%31b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed").status == 200);
  CHECK(customer_id(prefix + "/" + ada + "?x=1") == ada);
  CHECK(customer_id(prefix + "/ref/R-1").empty());
  CHECK(customer_id("/other").empty());
}

TEST_CASE("api_handler: reading by uuid, by reference number, and in pages with the total in a header") {
  Api api;
  CHECK(text(customer_in(api.call("GET", prefix + "/" + ada)).at("name")) == "Ada");
  CHECK(text(customer_in(api.call("GET", prefix + "/ref/R%2D1")).at("uuid")) == ada);
  CHECK(api.call("GET", prefix + "/ref/R-9").status == 404);
  Customer other;
  other.uuid = stranger;
  api.store.put(other);
  const auto page = api.call("GET", prefix + "?limit=1&offset=1");
  const auto customers = boost::json::parse(page.body).at("data").at("customers").as_array();
  REQUIRE(customers.size() == 1);
  CHECK(text(customers[0].at("uuid")) == stranger);
  CHECK(page.headers == "X-Total-Entries: 2\r\n");
  CHECK(api.call("GET", prefix + "?limit=1001").status == 400);
  CHECK(api.call("GET", prefix + "?offset=-1").status == 400);
  CHECK(boost::json::parse(api.call("GET", prefix + "?offset=99").body).at("data").at("customers").as_array().empty());
}

TEST_CASE("api_handler: echo answers the message; other paths are 404, other methods 405 with Allow") {
  Api api;
  const std::string echo(wonder::echo_path);
  CHECK(text(boost::json::parse(api.call("POST", echo, R"({"message":"hi"})").body).at("data").at("message")) == "hi");
  CHECK(api.call("POST", echo, "hi").status == 400);
  CHECK(api.call("GET", echo).status == 405);
  CHECK(api.call("GET", "/").status == 404);
  CHECK(api.call("PUT", prefix + "/" + ada + "/x").status == 404);
  CHECK(api.call("POST", prefix + "/" + ada).headers == "Allow: GET, PUT\r\n");
}

TEST_CASE("customer_json: the state dump shows every field and the number of updates") {
  Customer customer = make_ada();
  customer.company_name = "tab\there";
  customer.updates = 3;
  std::string line;
  append_state_line(line, customer);
  CHECK(line.ends_with("}\n"));
  const auto state = boost::json::parse(line);
  CHECK(text(state.at("id")) == ada);
  CHECK(text(state.at("company_name")) == "tab\there");
  CHECK(state.at("updates").as_int64() == 3);
}

TEST_CASE("customer_store: a customer put twice is replaced, and found by its new reference number only") {
  CustomerStore store;
  CHECK(store.put(make_ada()));
  Customer changed = make_ada();
  changed.reference_number = "R-10";
  CHECK(store.put(changed));
  CHECK(store.size() == 1);
  CHECK(store.find_reference("R-1") == nullptr);
  REQUIRE(store.find_reference("R-10") != nullptr);
  CHECK(store.find_reference("R-10")->uuid == ada);
  Customer nobody;
  nobody.uuid = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4be";
  CHECK_FALSE(store.put(nobody));
}
