// SEAM: which call of the API a worker's rows make, and what the responses mean. Layer 2.
//
// *Threads.* One call belongs to one worker thread. *Errors.* What an implementation throws stops the run. *Bounds.*
// Those of the implementation. *Lifetime.* It lives as long as its worker. *Source.* The worker paces, signs, sends,
// pairs and retries; it knows neither paths nor bodies.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/request.hpp"
#include "row/response.hpp"
#include "wonder/response_classifier.hpp"

namespace amend {

class ApiCall {
 public:
  virtual ~ApiCall() = default;

  /// A row may need several requests, one after the other (ResponseClass::next_request). These functions describe its next request.
  /// Only judge(), lost() or outdated() can change which request that is.
  virtual std::string_view method(const RowRef& row) const noexcept = 0;

  /// Whether the request may change anything at the API.
  virtual bool writes(const RowRef& row) const noexcept = 0;

  /// Appends path and query, as they are in the request line.
  virtual void append_target(const RowRef& row, std::string& out) const = 0;

  /// Empty if the request has no body. Valid until the row is released.
  virtual std::string_view body(const RowRef& row) const noexcept = 0;

  /// The meaning of a complete response; called once for each. The call copies what it keeps of the response.
  virtual wonder::Classification classify(const Response& response, const RowRef& row) = 0;

  /// The request ended without a complete response. `applied`: no if it was certainly not processed, else maybe. After
  /// it, the row's next request may be another one.
  virtual void lost(const RowRef& /*row*/, Applied /*applied*/) {}
  /// Since the last response to the row, too much time has passed: its content may be out of date. After it, the row's
  /// next request may be another one.
  virtual void outdated(const RowRef& /*row*/) {}
  /// The row has ended.
  virtual void ended(const RowRef& /*row*/) {}
};

/// The signed echo call (src/wonder/README.md §3). It changes nothing and concerns no row. It serves `ping`, and probes
/// when no row may be put at risk.
class EchoCall {
 public:
  EchoCall() = default;
  explicit EchoCall(std::string target) : target_(std::move(target)) {}

  /// Returns false when the API has no such call.
  bool is_there() const noexcept { return !target_.empty(); }
  Request request() const noexcept { return Request("POST", target_, body); }

 private:
  static constexpr std::string_view body = R"({"message":"amend ping"})";

  std::string target_;  ///< path and query
};

/// `--guard`: whether responses must show the row's reference_number.
enum class Guard : std::uint8_t { off, reference_number };

/// The call of `amend update`: PUT of the row's body (src/wonder/README.md §1). `path_prefix` of --url outlives it.
std::unique_ptr<ApiCall> make_update_call(const std::string& path_prefix, Guard guard);

}  // namespace amend
