#include "signature_check.hpp"

#include <algorithm>
#include <utility>

#include "amend/wonder/customer_schema.hpp"
#include "row/ascii.hpp"

namespace amend::sim {
namespace {

bool is_nonce(std::string_view text) {
  return text.size() == wonder::nonce_size && std::ranges::all_of(text, is_ascii_alphanumeric);
}

}  // namespace

bool NonceMemory::insert(std::string_view text, std::chrono::system_clock::time_point now) {
  // A time may be 30 minutes ahead, so its nonce could be repeated for an hour.
  if (now - begun_ > 2 * SignatureCheck::clock_window || young_.size() >= generation_max_) {
    old_ = std::exchange(young_, Set());
    begun_ = now;
  }
  Nonce nonce{};
  std::copy_n(text.begin(), std::min(text.size(), nonce.size()), nonce.begin());
  if (old_.contains(nonce)) return false;
  return young_.insert(nonce).second;
}

SignatureCheck::SignatureCheck(wonder::PublicKey key, std::string app_id)
    : key_(std::move(key)), app_id_(std::move(app_id)) {}

std::optional<ApiResponse> SignatureCheck::refuse(const ApiRequest& request,
                                                  std::chrono::system_clock::time_point now) {
  if (request.request_id.empty()) return refusal(400, "E000001", "X-Request-ID is required.");
  if (!wonder::is_uuid(request.request_id)) return refusal(400, "E000001", "X-Request-ID must be a uuid.");
  if (!request.body.empty() && !request.content_type.starts_with("application/json")) {
    return refusal(400, "E000001", "Content-Type must be application/json.");
  }
  if (auto refused = refuse_credential(request.credential, now)) return refused;
  if (!is_nonce(request.nonce)) return refusal(401, "E000004", "Invalid Nonce Format.");
  steps_.compute(request.nonce, time_, request.method, request.target, request.body);
  if (!key_.verify(steps_.text(), request.signature)) return refusal(401, "E000006", "Invalid Signature.");
  // Only properly signed requests may fill the memory.
  if (!nonces_.insert(request.nonce, now)) return refusal(401, "E000005", "Nonce Already Used.");
  return std::nullopt;
}

std::optional<ApiResponse> SignatureCheck::refuse_credential(std::string_view credential,
                                                             std::chrono::system_clock::time_point now) {
  const auto first = credential.find('/');
  const auto second = first == std::string_view::npos ? first : credential.find('/', first + 1);
  if (second == std::string_view::npos || credential.substr(second + 1) != wonder::algorithm) {
    return refusal(401, "E000002", "Invalid Credential Format.");
  }
  time_ = credential.substr(first + 1, second - first - 1);
  const auto time = wonder::parse_time(time_);
  if (!time) return refusal(401, "E000002", "Invalid Credential Format.");
  if (credential.substr(0, first) != app_id_) return refusal(401, "E000003", "Unknown AppID.");
  const auto off = now > *time ? now - *time : *time - now;
  if (off > clock_window) return refusal(401, "E000007", "Request Time Expired.");
  return std::nullopt;
}

}  // namespace amend::sim
