#include "api_handler.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "amend/wonder/customer_schema.hpp"
#include "customer_json.hpp"
#include "customer_update.hpp"
#include "row/hexadecimal.hpp"
#include "wonder/routes.hpp"

namespace amend::sim {
namespace {

constexpr std::size_t list_limit_default = 20;
constexpr std::size_t list_limit_max = 1000;
constexpr std::string_view envelope = R"({"code":200,"message":"Success","data":)";

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The rest of the path after `…/customers/`, still encoded. nullopt when the path is not below it.
std::optional<std::string_view> below_customers(std::string_view path) {
  if (!path.starts_with(wonder::customers_path)) return std::nullopt;
  path.remove_prefix(wonder::customers_path.size());
  if (path.size() < 2 || path.front() != '/') return std::nullopt;
  return path.substr(1);
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == key) return pair.substr(equals + 1);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return std::nullopt;
}

// nullopt: not a number.
std::optional<std::size_t> query_number(std::string_view query, std::string_view key, std::size_t otherwise) {
  const auto text = query_value(query, key);
  if (!text) return otherwise;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

ApiResponse not_found() { return refusal(404, "E000404", "Customer not found."); }

ApiResponse method_not_allowed(std::string_view allowed) {
  auto response = refusal(405, "E000405", "Method not allowed.");
  response.headers = fmt::format("Allow: {}\r\n", allowed);
  return response;
}

}  // namespace

ApiResponse refusal(std::uint16_t status, std::string_view code, std::string_view message) {
  std::string body = R"({"code":)";
  append_json_string(body, code);
  body += R"(,"message":)";
  append_json_string(body, message);
  body += '}';
  return ApiResponse(status, std::move(body));
}

std::string customer_id(std::string_view target) {
  const auto rest = below_customers(target.substr(0, target.find('?')));
  if (!rest || rest->find('/') != std::string_view::npos) return {};
  return percent_decoded(*rest);
}

ApiHandler::ApiHandler(CustomerStore& store, ApiRules rules) : store_(store), rules_(std::move(rules)) {}

ApiResponse ApiHandler::response(const ApiRequest& request) {
  const auto question = request.target.find('?');
  const auto path = request.target.substr(0, question);
  const auto query = question == std::string_view::npos ? std::string_view() : request.target.substr(question + 1);
  if (path == wonder::echo_path) return request.method == "POST" ? echo(request.body) : method_not_allowed("POST");
  if (path == wonder::customers_path) return request.method == "GET" ? list(query) : method_not_allowed("GET");
  const auto rest = below_customers(path);
  if (!rest) return refusal(404, "E000404", "No such path.");
  if (rest->starts_with("ref/")) {
    if (request.method != "GET") return method_not_allowed("GET");
    return show(store_.find_reference(percent_decoded(rest->substr(4))));
  }
  if (rest->find('/') != std::string_view::npos) return refusal(404, "E000404", "No such path.");
  if (request.method == "PUT") return update(percent_decoded(*rest), request.body);
  if (request.method == "GET") return show(store_.find(percent_decoded(*rest)));
  return method_not_allowed("GET, PUT");
}

ApiResponse ApiHandler::update(std::string_view id, std::string_view body) {
  Customer* customer = store_.find(id);
  if (customer != nullptr) {
    if (auto refused = apply_update(body, *customer)) return *std::move(refused);
  } else {
    if (!rules_.accept_any_id || !wonder::is_uuid(id)) return not_found();
    Customer created;
    created.uuid = id;
    if (auto refused = apply_update(body, created)) return *std::move(refused);
    store_.put(std::move(created));
    customer = store_.find(id);
  }
  ApiResponse response = show(customer);
  response.applied = true;
  return response;
}

ApiResponse ApiHandler::show(const Customer* customer) const {
  if (customer == nullptr) return not_found();
  std::string body;
  body.reserve(768);
  body += envelope;
  body += R"({"customer":)";
  append_customer(body, *customer, rules_.card_error_suffix);
  body += "}}";
  return ApiResponse(200, std::move(body));
}

ApiResponse ApiHandler::list(std::string_view query) const {
  const auto limit = query_number(query, "limit", list_limit_default);
  const auto offset = query_number(query, "offset", 0);
  if (!limit || *limit > list_limit_max) return refusal(400, "E000001", "limit must be a number of at most 1000.");
  if (!offset) return refusal(400, "E000001", "offset must be a number.");
  std::string body(envelope);
  body += R"({"customers":[)";
  const std::size_t begin = std::min(*offset, store_.size());
  const std::size_t end = begin + std::min(*limit, store_.size() - begin);
  for (std::size_t i = begin; i < end; ++i) {
    if (i != begin) body += ',';
    append_customer(body, store_[i], rules_.card_error_suffix);
  }
  body += "]}}";
  ApiResponse response(200, std::move(body));
  response.headers = fmt::format("X-Total-Entries: {}\r\n", store_.size());
  return response;
}

ApiResponse ApiHandler::echo(std::string_view body) const {
  boost::json::error_code error;
  const auto document = boost::json::parse(body, error);
  const auto* object = error ? nullptr : document.if_object();
  const auto* message = object == nullptr ? nullptr : object->if_contains("message");
  if (message == nullptr || !message->is_string()) return refusal(400, "E000001", "message is required.");
  std::string out(envelope);
  out += R"({"message":)";
  append_json_string(out, std::string_view(message->get_string()));
  out += "}}";
  return ApiResponse(200, std::move(out));
}

}  // namespace amend::sim
