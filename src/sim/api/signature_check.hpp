// Verifies a request's Wonder-RSA-SHA256 signature (src/wonder/README.md §2). Pure: time is an argument. One thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

#include "amend/wonder/request_signer.hpp"
#include "api_request.hpp"

namespace amend::sim {

/// Remembers nonces for at least twice the clock window, in two generations.
///
/// Bounds: at most 2 × `generation_max` nonces (16 bytes each and the table's share); the oldest generation is dropped
/// first.
class NonceMemory {
 public:
  explicit NonceMemory(std::size_t generation_max = 1U << 20) : generation_max_(generation_max) {}

  /// Returns false when the nonce (16 characters) was seen before.
  bool insert(std::string_view nonce, std::chrono::system_clock::time_point now);

 private:
  using Nonce = std::array<char, wonder::nonce_size>;
  struct Hash {
    std::size_t operator()(const Nonce& nonce) const noexcept {
      return std::hash<std::string_view>()(std::string_view(nonce.data(), nonce.size()));
    }
  };
  using Set = std::unordered_set<Nonce, Hash>;

  std::size_t generation_max_;
  std::chrono::system_clock::time_point begun_{};
  Set young_;
  Set old_;
};

class SignatureCheck {
 public:
  static constexpr std::chrono::minutes clock_window{30};

  SignatureCheck(wonder::PublicKey key, std::string app_id);

  /// nullopt: the request is valid. Otherwise 400 (X-Request-ID or Content-Type is missing) or 401 (any other fault).
  std::optional<ApiResponse> refuse(const ApiRequest& request, std::chrono::system_clock::time_point now);

 private:
  std::optional<ApiResponse> refuse_credential(std::string_view credential, std::chrono::system_clock::time_point now);

  wonder::PublicKey key_;
  std::string app_id_;
  std::string_view time_;  // of the request that is being checked
  wonder::SigningSteps steps_;
  NonceMemory nonces_;
};

}  // namespace amend::sim
