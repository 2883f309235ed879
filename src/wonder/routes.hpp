// The paths of the API's calls. Pure; any thread. Layer 1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace amend::wonder {

/// PUT {base}/svc/payment/api/v1/openapi/customers/:id (src/wonder/README.md §1).
inline constexpr std::string_view customers_path = "/svc/payment/api/v1/openapi/customers";

/// POST checks credentials without side effects (src/wonder/README.md §3). It is the default of
/// TargetConfig::echo_path.
inline constexpr std::string_view echo_path = "/svc/payment/api/v1/openapi/echo";

/// The end of `path_prefix` (of --url) that begins like `customers_path`, by at least two segments. With such a --url,
/// every request would have that path twice. Empty: there is no such end.
std::string_view base_path_in(std::string_view path_prefix) noexcept;

/// Appends the request target of one customer: `path_prefix` (of --url; empty or "/gateway", without a slash at its
/// end), `customers_path`, a slash, and `id`. All but unreserved characters of `id` are percent-encoded (RFC 3986
/// §2.3), so that no id can name another resource.
void append_customer_target(std::string& out, std::string_view path_prefix, std::string_view id);

/// The same for one customer by the merchant's own number: `…/customers/ref/:reference_number`
/// (src/wonder/README.md §5).
void append_reference_target(std::string& out, std::string_view path_prefix, std::string_view reference_number);

/// One page of the list (src/wonder/README.md §5).
class Page {
 public:
  /// The most customers per page [doc].
  static constexpr std::uint32_t limit_max = 1000;

  constexpr explicit Page(std::uint64_t offset_, std::uint32_t limit_ = limit_max) noexcept
      : offset(offset_), limit(limit_) {}
  std::uint64_t offset;
  std::uint32_t limit;
};
void append_list_target(std::string& out, std::string_view path_prefix, Page page);

/// The response field with the total number of customers in the list.
inline constexpr std::string_view total_field = "X-Total-Entries";

/// The header lines, each with CRLF, that every request has beside Host and the signer's.
std::string fixed_headers(std::string_view version);

}  // namespace amend::wonder
