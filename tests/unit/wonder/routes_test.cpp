#include "wonder/routes.hpp"

#include <doctest/doctest.h>

#include <string>

#include "amend/config.hpp"

using namespace amend::wonder;

namespace {

std::string target(std::string_view prefix, std::string_view id) {
  std::string out = "kept ";
  append_customer_target(out, prefix, id);
  REQUIRE(out.starts_with("kept "));
  return out.substr(5);
}

const std::string base = "/svc/payment/api/v1/openapi/customers/";

}  // namespace

TEST_CASE("routes: a uuid travels as it is, behind the prefix of --url") {
  CHECK(target("", "1b9d6bcd-BBFD-4b2d-9b5d-ab8dfbbd4bed") == base + "1b9d6bcd-BBFD-4b2d-9b5d-ab8dfbbd4bed");
  CHECK(target("/gateway", "abc") == "/gateway" + base + "abc");
  CHECK(amend::TargetConfig().echo_path == echo_path);
}

TEST_CASE("routes: no id can name another resource or split the request") {
  CHECK(target("", "../../echo") == base + "..%2F..%2Fecho");
  CHECK(target("", "..") == base + "%2E%2E");
  CHECK(target("", ".") == base + "%2E");
  CHECK(target("", "a?b=c#d") == base + "a%3Fb%3Dc%23d");
  CHECK(target("", "a b\r\nX: y") == base + "a%20b%0D%0AX%3A%20y");
  CHECK(target("", "50%") == base + "50%25");
  CHECK(target("", "é") == base + "%C3%A9");
  CHECK(target("", std::string(1, '\0')) == base + "%00");
  CHECK(target("", "a.b-c_d~e") == base + "a.b-c_d~e");
}

TEST_CASE("routes: of all bytes only the unreserved ones stay") {
  const std::string unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  for (int c = 0; c < 256; ++c) {
    const std::string id(2, static_cast<char>(c));
    if (id == "..") continue;
    CAPTURE(c);
    const bool stays = unreserved.find(static_cast<char>(c)) != std::string::npos;
    CHECK(target("", id).size() == base.size() + (stays ? 2 : 6));
  }
}

TEST_CASE("routes: a customer by the merchant's own number, whatever that holds; a page of the list") {
  std::string out;
  append_reference_target(out, "/gateway", "A/1 ?ö");
  CHECK(out == "/gateway" + base + "ref/A%2F1%20%3F%C3%B6");
  out.clear();
  append_list_target(out, "", Page(3'000));
  CHECK(out == base.substr(0, base.size() - 1) + "?limit=1000&offset=3000");
}
