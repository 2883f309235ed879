#include "amend/worker/signer.hpp"

#include <array>
#include <limits>
#include <utility>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "worker/entropy.hpp"

namespace amend {
namespace {

class WonderSigner final : public Signer {
 public:
  WonderSigner(std::string app_id, const wonder::PrivateKey& key, std::string further_lines)
      : app_id_(std::move(app_id)), maker_(key), further_lines_(std::move(further_lines)) {}

  void append_headers(const Request& request, std::chrono::system_clock::time_point now,
                      std::string& headers) override {
    std::array<char, wonder::nonce_size> nonce;
    entropy_.nonce(nonce);
    const auto time = wonder::format_time(now);
    const std::string_view nonce_text(nonce.data(), nonce.size());
    const std::string_view time_text(time.data(), time.size());
    steps_.compute(nonce_text, time_text, request.method, request.target, request.body);
    wonder::append_signature_headers(headers, app_id_, time_text, nonce_text, steps_, maker_);
    headers.append(further_lines_);
  }

  std::size_t signatures_per_turn() const noexcept override { return 1; }

 private:
  std::string app_id_;
  wonder::SignatureMaker maker_;
  std::string further_lines_;
  wonder::SigningSteps steps_;
  Entropy entropy_;
};

class FixedLinesSigner final : public Signer {
 public:
  explicit FixedLinesSigner(std::string lines) : lines_(std::move(lines)) {}

  void append_headers(const Request& /*request*/, std::chrono::system_clock::time_point /*now*/,
                      std::string& headers) override {
    headers.append(lines_);
  }

  std::size_t signatures_per_turn() const noexcept override { return std::numeric_limits<std::size_t>::max(); }

 private:
  std::string lines_;
};

}  // namespace

std::unique_ptr<Signer> make_wonder_signer(std::string app_id, const wonder::PrivateKey& key,
                                           std::string further_lines) {
  if (!wonder::is_uuid(app_id)) throw ConfigError("--app-id must be a uuid (8-4-4-4-12 hexadecimal digits)");
  return std::make_unique<WonderSigner>(std::move(app_id), key, std::move(further_lines));
}

std::unique_ptr<Signer> make_bearer_signer(std::string_view token, std::string_view further_lines) {
  std::string lines = "Authorization: Bearer ";
  lines.append(token).append("\r\n").append(further_lines);
  return std::make_unique<FixedLinesSigner>(std::move(lines));
}

std::unique_ptr<Signer> make_null_signer(std::string further_lines) {
  return std::make_unique<FixedLinesSigner>(std::move(further_lines));
}

std::unique_ptr<Signer> make_signer(const AuthConfig& config, const Credentials& credentials) {
  std::string further = credentials.header_lines + credentials.secret_header_lines;
  switch (config.kind) {
    case Auth::wonder:
      if (!credentials.private_key) throw ConfigError("--private-key: no key was loaded");
      return make_wonder_signer(config.app_id, *credentials.private_key, std::move(further));
    case Auth::bearer:
      if (credentials.bearer_token.empty()) throw ConfigError("--bearer-file: no token was loaded");
      return make_bearer_signer(credentials.bearer_token, further);
    case Auth::none: return make_null_signer(std::move(further));
  }
  throw ConfigError("--auth must be wonder, bearer or none");
}

}  // namespace amend
