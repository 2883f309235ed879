// Answers as the API gives them, and some that it should not: what the two ways to judge one are held against each
// other with.
#pragma once

#include <string>
#include <vector>

namespace amend::test {

inline constexpr const char* answer_id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

/// With a card on file, its error empty: everything an answer can hold.
inline std::string everyday_answer() {
  return R"({"code":200,"message":"success","data":{"customer":{"name":"Lovelace, Ada","email":"ada@example.com",)"
         R"("dial_code":"+852","phone":"12345678","reference_number":"C-1","default_payment_method":"Credit Card",)"
         R"("uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed","default_payment_token":{"token_type":"CreditCard",)"
         R"("token":"7c1f0e2d-44d5-4b2d-9b5d-0b8f5a526f0e","state":"success","default":true,"error_code":"",)"
         R"("error_msg":"","credit_card":{"number":"************1111","exp_month":"12","exp_year":2030,)"
         R"("holder_name":"ADA LOVELACE","brand":null,"billing_currency":"HKD"}}}}})";
}

inline std::vector<std::string> answers() {
  const std::string customer = R"({"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed","reference_number":"C-1"})";
  return {
      everyday_answer(),
      R"({"code":0,"message":"","data":{"customer":{"uuid":"1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED","name":"愛達 Zoë"}}})",
      R"({"data":{"customer":)" + customer + "}}",
      R"({"code":"200","error_code":"","error_message":null,"data":{"customer":)" + customer + "}}",
      R"({"code":null,"error_code":null,"data":{"more":{},"customer":)" + customer + R"(,"count":0}})",
      R"({"code":200,"data":{"customer":{"default_payment_token":null,"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})",
      R"({"code":200,"data":{"customer":{"default_payment_token":"t","uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})",
      R"({"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed","default_payment_token":{"error_code":"E5",)"
      R"("error_msg":"declined"}}}})",
      R"({"code":"E000002","message":"Invalid Credential Format.","data":{"customer":)" + customer + "}}",
      R"({"code":40001,"message":"no","data":null})",
      R"({ "code": 200, "data": { "customer": {"uuid": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "tags": [1, "a"]} } })",
      R"({"code":200,"data":{"customer":{"name":"Ada \"Countess\" \u611b","uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})",
      R"({"code":200,"data":{"customer":{"uuid":"00000000-0000-0000-0000-000000000000","name":"somebody else's"}}})",
      R"({"code":200,"code":"E1","data":{"customer":)" + customer + "}}",
      R"({"x":{"data":{"customer":)" + customer + R"(}},"data":{"customer":{}}})",
  };
}

}  // namespace amend::test
