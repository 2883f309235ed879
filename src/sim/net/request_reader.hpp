// Cuts complete HTTP/1.1 requests out of a connection's bytes with Beast's parser. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/api/api_request.hpp"

namespace amend::sim {

/// One per connection. Bytes may arrive in pieces of any size.
class RequestReader {
 public:
  enum class Result : std::uint8_t {
    request,    ///< `request()` is complete
    need_more,  ///< all usable bytes were consumed
    bad,        ///< not HTTP, or too large: respond with `status()` and close
  };

  explicit RequestReader(std::size_t body_bytes_max = 1 << 20);
  ~RequestReader();

  /// `bytes` are the bytes that were not consumed before, and the new ones. `consumed` becomes the number of bytes that
  /// must not be passed again.
  Result read(std::string_view bytes, std::size_t& consumed);

  const ApiRequest& request() const noexcept;
  std::uint16_t status() const noexcept;  ///< 400, 413 or 431

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::sim
