#include "answers.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <charconv>
#include <optional>

namespace bench {
namespace {

constexpr std::size_t id_size = 36;
constexpr std::string_view customers = "/svc/payment/api/v1/openapi/customers/";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view length_name = "content-length:";
constexpr std::size_t body_size_max = 1 << 20;

std::string_view id_of(std::string_view request_line) {
  const auto path = request_line.find(customers);
  if (!request_line.starts_with("PUT ") || path == std::string_view::npos) throw Malformed("no PUT of a customer");
  const auto id = request_line.substr(path + customers.size());
  if (id.size() <= id_size || id[id_size] != ' ') throw Malformed("no uuid in the path");
  return id.substr(0, id_size);
}

std::optional<std::size_t> length_in(std::string_view field) {
  if (field.size() < length_name.size() || (field[0] | 0x20) != 'c') return std::nullopt;
  if (::strncasecmp(field.data(), length_name.data(), length_name.size()) != 0) return std::nullopt;
  auto value = field.substr(length_name.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc() || *end != '\r' || length > body_size_max) throw Malformed("a Content-Length out of bounds");
  return length;
}

// `head` ends with the CRLF of its last field.
std::size_t body_size(std::string_view head) {
  for (auto at = head.find('\n'); at + 1 < head.size(); at = head.find('\n', at + 1)) {
    if (const auto length = length_in(head.substr(at + 1))) return *length;
  }
  throw Malformed("no Content-Length");
}

}  // namespace

Answers::Answers() {
  const std::string id(id_size, '*');
  const std::string text = body(id);
  template_ = fmt::format(
      "HTTP/1.1 200 OK\r\nServer: trivial-server\r\nDate: Mon, 23 Nov 2026 22:57:14 GMT\r\n"
      "Content-Type: application/json\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n{}",
      text.size(), text);
  id_at_ = template_.find(id);
}

Answered Answers::answer_all(std::string_view in, std::string& out) const {
  Answered answered;
  for (;;) {
    const auto rest = in.substr(answered.bytes);
    const auto end = rest.find(head_end);
    if (end == std::string_view::npos) return answered;
    const auto head = rest.substr(0, end + 2);
    const auto whole = end + head_end.size() + body_size(head);
    if (rest.size() < whole) return answered;
    const auto id = id_of(head.substr(0, head.find('\r')));
    const auto begin = out.size();
    out += template_;
    out.replace(begin + id_at_, id_size, id);
    answered.bytes += whole;
    ++answered.requests;
  }
}

std::string Answers::body(std::string_view id) {
  return fmt::format(
      R"({{"code":200,"message":"success","data":{{"customer":{{"uuid":"{}","name":"Lovelace, Ada Augusta 042",)"
      R"("email":"ada.augusta.lovelace.042@analytical.example.com","dial_code":"+852","phone":"12345678",)"
      R"("reference_number":"M-2026-00000042","default_payment_method":"Credit Card","default_payment_token":)"
      R"({{"token_type":"CreditCard","token":"7f3e2a10-5b7c-4c1e-9a55-0d1f6f0b9c42","state":"active","default":true,)"
      R"("error_code":"","error_msg":"","credit_card":{{"number":"424242******4242","exp_month":"12",)"
      R"("exp_year":"2029","holder_name":"ADA AUGUSTA LOVELACE","brand":"Visa","billing_currency":"HKD"}}}}}}}}}})",
      id);
}

}  // namespace bench
