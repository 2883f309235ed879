// The customers API: turns a request into a response (src/wonder/README.md §1, §3, §5). Pure except for the store.
//
//   PUT  customers/:uuid        name and phone must be present; limits and choices as in `customer_schema`; unknown
//                               members are ignored; empty name, email, phone leave the value; an empty or null payment
//                               method or token clears it
//   GET  customers/:uuid · GET customers/ref/:reference_number · GET customers?limit&offset (X-Total-Entries)
//   POST echo                   {"message":"…"} → {"code":200,"message":"Success","data":{"message":"…"}}
#pragma once

#include <string>
#include <string_view>

#include "api_request.hpp"
#include "customer_store.hpp"

namespace amend::sim {

class ApiRules {
 public:
  ApiRules() = default;

  bool accept_any_id = false;     ///< a PUT to an unknown uuid creates the customer
  std::string card_error_suffix;  ///< tokens with this end bind with error_code E0CARD; empty: no token does
};

class ApiHandler {
 public:
  /// `store` outlives the handler.
  ApiHandler(CustomerStore& store, ApiRules rules);

  ApiResponse response(const ApiRequest& request);

 private:
  ApiResponse update(std::string_view id, std::string_view body);
  ApiResponse list(std::string_view query) const;
  ApiResponse show(const Customer* customer) const;
  ApiResponse echo(std::string_view body) const;

  CustomerStore& store_;
  ApiRules rules_;
};

/// The id in `…/customers/<id>`, percent-decoded; empty for every other target.
std::string customer_id(std::string_view target);

}  // namespace amend::sim
