#include "amend/wonder/request_signer.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <stdexcept>

#include "row/hexadecimal.hpp"

namespace amend::wonder {
namespace {

std::string_view as_text(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

const unsigned char* as_bytes(const char* text) noexcept { return reinterpret_cast<const unsigned char*>(text); }

void put_decimal(char* out, int digits, unsigned value) noexcept {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

unsigned decimal(std::string_view digits) noexcept {
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

}  // namespace

void HmacSha256::Free::operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }

HmacSha256::HmacSha256() {
  // The context has a share of the algorithm.
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  if (hmac) context_.reset(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);
  char digest[] = OSSL_DIGEST_NAME_SHA2_256;
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                              OSSL_PARAM_construct_end()};
  if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters.data()) != 1)
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
}

Digest HmacSha256::operator()(std::string_view key, std::string_view data) {
  Digest digest;
  std::size_t size = 0;
  // With a null pointer, OpenSSL would use the key of the previous call.
  const char* const key_bytes = key.empty() ? "" : key.data();
  if (EVP_MAC_init(context_.get(), as_bytes(key_bytes), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context_.get(), as_bytes(data.data()), data.size()) != 1 ||
      EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) != 1 || size != digest.size())
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
  return digest;
}

std::array<char, 14> format_time(std::chrono::system_clock::time_point at) noexcept {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(at - day));
  std::array<char, 14> out;
  put_decimal(out.data(), 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_decimal(out.data() + 4, 2, static_cast<unsigned>(date.month()));
  put_decimal(out.data() + 6, 2, static_cast<unsigned>(date.day()));
  put_decimal(out.data() + 8, 2, static_cast<unsigned>(time.hours().count()));
  put_decimal(out.data() + 10, 2, static_cast<unsigned>(time.minutes().count()));
  put_decimal(out.data() + 12, 2, static_cast<unsigned>(time.seconds().count()));
  return out;
}

std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) noexcept {
  using namespace std::chrono;
  if (text.size() != 14 || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const year_month_day date(year(static_cast<int>(decimal(text.substr(0, 4)))), month(decimal(text.substr(4, 2))),
                            day(decimal(text.substr(6, 2))));
  const unsigned hour = decimal(text.substr(8, 2));
  const unsigned minute = decimal(text.substr(10, 2));
  const unsigned second = decimal(text.substr(12, 2));
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  // The clock counts nanoseconds in 64 bits, so years outside 1678 … 2261 would overflow.
  if (date.year() < year(1678) || date.year() > year(2261)) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
}

void append_string_to_sign(std::string& out, std::string_view method, std::string_view uri, std::string_view body) {
  out.append(method).append(1, '\n').append(uri);
  if (!body.empty()) out.append(1, '\n').append(body);
}

void SigningSteps::compute(std::string_view nonce, std::string_view time, std::string_view method, std::string_view uri,
                           std::string_view body) {
  k1_ = hmac_sha256_(nonce, time);
  k2_ = hmac_sha256_(as_text(k1_), algorithm);
  message_.clear();
  append_string_to_sign(message_, method, uri, body);
  const Digest k3 = hmac_sha256_(as_text(k2_), message_);
  for (std::size_t i = 0; i < k3.size(); ++i) {
    text_[2 * i] = hex_digits[k3[i] >> 4];
    text_[2 * i + 1] = hex_digits[k3[i] & 15];
  }
}

void append_signature_headers(std::string& out, std::string_view app_id, std::string_view time, std::string_view nonce,
                              const SigningSteps& steps, SignatureMaker& maker) {
  out.append("Credential: ").append(app_id).append(1, '/').append(time).append(1, '/').append(algorithm);
  out.append("\r\nNonce: ").append(nonce).append("\r\nSignature: ");
  maker.append_signature(steps.text(), out);
  out.append("\r\n");
}

}  // namespace amend::wonder
