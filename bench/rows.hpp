// The rows all benches work on: 150 bytes each, as a CRM exports them.
#pragma once

#include <fmt/format.h>

#include <string>

namespace bench {

inline constexpr const char* header = "id,name,phone,email,dial_code,company_name\r\n";

inline std::string row(unsigned n) {
  return fmt::format(
      "1b9d6bcd-bbfd-4b2d-9b5d-{:012x},\"Lovelace, Ada Augusta "
      "{:03}\",{:08},ada.augusta.lovelace.{:03}@example.com,+852,"
      "Analytical Engines and Partners Ltd {:02}\r\n",
      n, n % 1000, n % 100'000'000, n % 1000, n % 97);
}

inline std::string csv(unsigned rows) {
  std::string text = header;
  for (unsigned n = 0; n < rows; ++n) text += row(n);
  return text;
}

/// The body of a response with a card on file (src/wonder/README.md §1): 625 bytes with the names of `n` = 0, and a few
/// more or less with others, so that no branch is learnt by heart.
inline std::string answer_body(const std::string& id, unsigned n = 0) {
  const std::string name(n * 7 % 23, 'a');
  return fmt::format(
      R"({{"code":200,"message":"success","data":{{"customer":{{"name":"Lovelace, Ada Augusta{0}","email":"ada.augusta.lovelace{0}@example.com","dial_code":"+852","phone":"12345678","reference_number":"CRM-26-{1:06}","default_payment_method":"Credit Card","uuid":"{2}","default_payment_token":{{"token_type":"CreditCard","token":"7c1f0e2d-44d5-4b2d-9b5d-0b8f5a526f0e","state":"success","default":true,"error_code":"","error_msg":"","credit_card":{{"number":"************1111","exp_month":"12","exp_year":"2030","holder_name":"ADA AUGUSTA LOVELACE COUNTESS OF ENGINES","brand":"visa","billing_currency":"HKD"}}}}}}}}}})",
      name, n, id);
}

/// The same with its head: what comes back for each row.
inline std::string answer(const std::string& id, unsigned n = 0) {
  const std::string body = answer_body(id, n);
  return fmt::format(
      "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 22:57:14 GMT\r\nContent-Type: application/json\r\nContent-Length: "
      "{}\r\n\r\n{}",
      body.size(), body);
}

}  // namespace bench
