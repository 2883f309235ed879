// The rows all benches work on: 150 bytes each, as a CRM exports them.
#pragma once

#include <fmt/format.h>

#include <string>

namespace bench {

inline constexpr const char* header = "id,name,phone,email,dial_code,company_name\r\n";

inline std::string row(unsigned n) {
  return fmt::format(
      "1b9d6bcd-bbfd-4b2d-9b5d-{:012x},\"Lovelace, Ada Augusta {:03}\",{:08},ada.augusta.lovelace.{:03}@example.com,+852,"
      "Analytical Engines and Partners Ltd {:02}\r\n",
      n, n % 1000, n % 100'000'000, n % 1000, n % 97);
}

inline std::string csv(unsigned rows) {
  std::string text = header;
  for (unsigned n = 0; n < rows; ++n) text += row(n);
  return text;
}

/// An answer of the API as api.md §1 shows it, with head: what comes back for each row.
inline std::string answer(const std::string& id) {
  const std::string body = fmt::format(
      R"({{"code":200,"message":"success","data":{{"customer":{{"uuid":"{}","name":"Lovelace, Ada","email":"ada@example.com","dial_code":"+852","phone":"12345678","reference_number":"M-1","default_payment_method":"","default_payment_token":null}}}}}})",
      id);
  return fmt::format(
      "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 22:57:14 GMT\r\nContent-Type: application/json\r\nContent-Length: "
      "{}\r\n\r\n{}",
      body.size(), body);
}

}  // namespace bench
