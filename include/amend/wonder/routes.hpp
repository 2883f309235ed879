// Where the API's calls live. Layer 1: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace amend::wonder {

/// PUT {base}/svc/payment/api/v1/openapi/customers/:id (src/wonder/README.md §1).
inline constexpr std::string_view customers_path = "/svc/payment/api/v1/openapi/customers";

/// POST, checks credentials without side effects (src/wonder/README.md §3); the default of TargetConfig::echo_path.
inline constexpr std::string_view echo_path = "/svc/payment/api/v1/openapi/echo";

/// The end of `path_prefix` (of --url) that begins as `customers_path` does, by two segments at least: with it in
/// --url, every request would go to a path that has it twice. Empty: there is none.
std::string_view base_path_in(std::string_view path_prefix) noexcept;

/// Appends the request target of one customer: `path_prefix` (of --url; empty or "/gateway", no slash at its end),
/// `customers_path`, a slash, and `id` with all but unreserved characters percent-encoded (RFC 3986 §2.3), so that
/// no id can name another resource.
void append_customer_target(std::string& out, std::string_view path_prefix, std::string_view id);

/// The same for one customer by the merchant's own number: `…/customers/ref/:reference_number`
/// (src/wonder/README.md §5).
void append_reference_target(std::string& out, std::string_view path_prefix, std::string_view reference_number);

/// A page of the list (src/wonder/README.md §5).
class Page {
 public:
  /// Customers in a page at most [doc].
  static constexpr std::uint32_t limit_max = 1000;

  constexpr explicit Page(std::uint64_t offset_, std::uint32_t limit_ = limit_max) noexcept
      : offset(offset_), limit(limit_) {}
  std::uint64_t offset;
  std::uint32_t limit;
};
void append_list_target(std::string& out, std::string_view path_prefix, Page page);

/// Says how many customers there are in all, in answers to the list.
inline constexpr std::string_view total_field = "X-Total-Entries";

/// The header lines, each ending in CRLF, that every request of this program carries beside Host and the signer's.
std::string fixed_headers(std::string_view version);

}  // namespace amend::wonder
