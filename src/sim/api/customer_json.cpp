#include "customer_json.hpp"

#include "row/hexadecimal.hpp"

namespace amend::sim {
namespace {

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out += '"';
  out += key;
  out += "\":";
  append_json_string(out, value);
}

std::string_view token_type(std::string_view payment_method) {
  if (payment_method == "Alipay") return "AlipayAutoDebit";
  if (payment_method == "Wechat Pay") return "WechatPayAutoDebit";
  return "CreditCard";
}

void append_token(std::string& out, const Customer& customer, std::string_view card_error_suffix) {
  const std::string_view token = customer.default_payment_token;
  if (token.empty()) {
    out += "null";
    return;
  }
  const bool refused = !card_error_suffix.empty() && token.ends_with(card_error_suffix);
  const auto type = token_type(customer.default_payment_method);
  out += '{';
  append_member(out, "token_type", type);
  out += ',';
  append_member(out, "token", token);
  out += refused ? R"(,"state":"failed","default":false,"error_code":"E0CARD","error_msg":"The card was declined.")"
                 : R"(,"state":"success","default":true,"error_code":"","error_msg":"")";
  if (type == "CreditCard") {
    out += R"(,"credit_card":{"number":"************1111","exp_month":"12","exp_year":"2030",)";
    append_member(out, "holder_name", customer.name);
    out += R"(,"brand":"visa","billing_currency":"HKD"})";
  }
  out += '}';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20) {
      append_hex(out += "\\u00", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_customer(std::string& out, const Customer& customer, std::string_view card_error_suffix) {
  out += '{';
  append_member(out, "uuid", customer.uuid);
  out += ',';
  append_member(out, "name", customer.name);
  out += ',';
  append_member(out, "email", customer.email);
  out += ',';
  append_member(out, "dial_code", customer.dial_code);
  out += ',';
  append_member(out, "phone", customer.phone);
  out += ',';
  append_member(out, "reference_number", customer.reference_number);
  out += ',';
  append_member(out, "default_payment_method", customer.default_payment_method);
  out += ",\"default_payment_token\":";
  append_token(out, customer, card_error_suffix);
  out += '}';
}

void append_state_line(std::string& out, const Customer& customer) {
  out += '{';
  append_member(out, "id", customer.uuid);
  out += ',';
  append_member(out, "name", customer.name);
  out += ',';
  append_member(out, "phone", customer.phone);
  out += ',';
  append_member(out, "email", customer.email);
  out += ',';
  append_member(out, "dial_code", customer.dial_code);
  out += ',';
  append_member(out, "company_name", customer.company_name);
  out += ',';
  append_member(out, "reference_number", customer.reference_number);
  out += ',';
  append_member(out, "default_payment_method", customer.default_payment_method);
  out += ',';
  append_member(out, "default_payment_token", customer.default_payment_token);
  out += ",\"updates\":";
  out += std::to_string(customer.updates);
  out += "}\n";
}

}  // namespace amend::sim
