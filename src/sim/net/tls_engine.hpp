// TLS as a filter between two byte strings: OpenSSL over memory BIOs. It has no sockets, so that the session can choose
// when a record, a close_notify, a FIN or a RST is sent. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace amend::sim {

/// Certificate and key of the server; TLS 1.2 and 1.3. Throws std::runtime_error, which names the file.
class TlsContext {
 public:
  /// `client_ca` not empty: clients must show a certificate of it.
  TlsContext(const std::string& certificate, const std::string& key, const std::string& client_ca);
  ~TlsContext();
  TlsContext(TlsContext&&) noexcept;

 private:
  friend class TlsEngine;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class TlsEngine {
 public:
  enum class State : std::uint8_t { open, closed, failed };

  explicit TlsEngine(const TlsContext& context);
  ~TlsEngine();

  /// Appends decrypted bytes to `plain`, and bytes to send (handshake, alerts) to `cipher`. `closed` means that the
  /// peer sent close_notify.
  State receive(std::string_view bytes, std::string& plain, std::string& cipher);
  /// Returns false when the session can no longer send.
  bool send(std::string_view plain, std::string& cipher);
  /// Appends a close_notify.
  void shut(std::string& cipher);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::sim
