// SEAM: which call of the API a worker's rows make, and what its answers mean. Layer 2. A call belongs to one worker
// thread.
//
// The worker paces, signs, sends, pairs and retries; it knows neither paths nor bodies.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/request.hpp"
#include "row/response.hpp"
#include "wonder/answer.hpp"

namespace amend {

class ApiCall {
 public:
  virtual ~ApiCall() = default;

  /// A row may need several requests, one after the other (Meaning::go_on): what follows is about its next one. It is
  /// another one only behind a call of judge(), lost() or outdated().
  virtual std::string_view method(const RowRef& row) const noexcept = 0;

  /// Whether the request may change anything at the API.
  virtual bool writes(const RowRef& row) const noexcept = 0;

  /// Appends path and query, as they go on the request line.
  virtual void append_target(const RowRef& row, std::string& out) const = 0;

  /// Empty: the request has none. Valid as long as the row is held.
  virtual std::string_view body(const RowRef& row) const noexcept = 0;

  /// What a complete answer means; called once for each. What it keeps of the answer it copies.
  virtual wonder::Judgement judge(const Response& response, const RowRef& row) = 0;

  /// The request went without a complete answer; `applied`: no when it was not processed for certain, else maybe. The
  /// row's next one may be another one then.
  virtual void lost(const RowRef& /*row*/, Applied /*applied*/) {}
  /// So much time has passed since the last answer to the row that what it said may not be so any more. The same.
  virtual void outdated(const RowRef& /*row*/) {}
  /// The row has come to its end.
  virtual void ended(const RowRef& /*row*/) {}
};

/// The signed echo call (src/wonder/README.md §3). It changes nothing and is about no row: for `ping`, and for the probe
/// where no row may be put at risk.
class EchoCall {
 public:
  EchoCall() = default;
  explicit EchoCall(std::string target) : target_(std::move(target)) {}

  /// False: there is none.
  bool is_there() const noexcept { return !target_.empty(); }
  Request request() const noexcept { return Request("POST", target_, body); }

 private:
  static constexpr std::string_view body = R"({"message":"amend ping"})";

  std::string target_;  ///< path and query
};

/// `--guard`: whether answers must show the row's reference_number.
enum class Guard : std::uint8_t { off, reference_number };

/// PUT of the row's body (src/wonder/README.md §1): what `amend update` makes. `path_prefix` of --url outlives it.
std::unique_ptr<ApiCall> make_update_call(const std::string& path_prefix, Guard guard);

}  // namespace amend
