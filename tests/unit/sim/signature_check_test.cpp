#include "sim/api/signature_check.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <memory>
#include <string>

using namespace amend;
using namespace amend::sim;
using namespace std::chrono_literals;

namespace {

const std::string app = "d900da8b-6e16-4a85-8a66-05d29ac53f24";
const std::chrono::system_clock::time_point noon{1'714'564'800s};

const wonder::PrivateKey& test_key() {
  static const wonder::PrivateKey key = [] {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> made(EVP_RSA_gen(2048), EVP_PKEY_free);
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return wonder::PrivateKey::from_pem(std::string_view(text, static_cast<std::size_t>(size)));
  }();
  return key;
}

SignatureCheck make_check() { return SignatureCheck(wonder::PublicKey::from_pem(test_key().public_pem()), app); }

// A signed PUT whose parts a test may then damage.
class Signed {
 public:
  explicit Signed(std::string_view nonce_ = "0123456789abcdEF", std::chrono::system_clock::time_point at = noon)
      : nonce(nonce_) {
    const auto stamp = wonder::format_time(at);
    const std::string time(stamp.data(), stamp.size());
    credential = app + "/" + time + "/" + std::string(wonder::algorithm);
    wonder::SigningSteps steps;
    steps.compute(nonce, time, method, target, body);
    signature = test_key().sign(steps.text());
  }

  ApiRequest request() const {
    ApiRequest r;
    r.method = method;
    r.target = target;
    r.body = body;
    r.credential = credential;
    r.nonce = nonce;
    r.signature = signature;
    r.request_id = request_id;
    r.content_type = "application/json";
    return r;
  }

  std::string method = "PUT";
  std::string target = "/svc/payment/api/v1/openapi/customers/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
  std::string body = R"({"name":"Ada","phone":"1"})";
  std::string nonce;
  std::string credential;
  std::string signature;
  std::string request_id = "6f1c1d7e-8d4e-4b0e-9d53-1f1d9a9b2c3d";
};

std::uint16_t status(const std::optional<ApiResponse>& refused) { return refused ? refused->status : 200; }

bool says(const std::optional<ApiResponse>& refused, std::string_view text) {
  return refused && refused->body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("signature_check: a request signed as documented passes, once") {
  auto check = make_check();
  const Signed good;
  CHECK(status(check.refuse(good.request(), noon)) == 200);
  const auto again = check.refuse(good.request(), noon + 59min);
  CHECK(status(again) == 401);
  const auto soon = check.refuse(good.request(), noon + 1min);
  CHECK(says(soon, "Nonce"));
  CHECK(status(check.refuse(Signed("aaaabbbbccccdddd").request(), noon)) == 200);
}

TEST_CASE("signature_check: any changed byte of what was signed is refused") {
  auto check = make_check();
  for (std::string Signed::*part : {&Signed::method, &Signed::target, &Signed::body, &Signed::nonce}) {
    Signed changed;
    (changed.*part).back() = (changed.*part).back() == '1' ? '2' : '1';
    const auto refused = check.refuse(changed.request(), noon);
    CHECK(status(refused) == 401);
    CHECK(says(refused, "Signature"));
  }
  Signed unsigned_request;
  unsigned_request.signature.clear();
  CHECK(status(check.refuse(unsigned_request.request(), noon)) == 401);
  CHECK(status(check.refuse(Signed().request(), noon)) == 200);
}

TEST_CASE("signature_check: the clock may be 30 minutes off in either direction, not more") {
  auto check = make_check();
  CHECK(status(check.refuse(Signed("0000000000000001").request(), noon + 30min)) == 200);
  CHECK(status(check.refuse(Signed("0000000000000002").request(), noon - 30min)) == 200);
  CHECK(says(check.refuse(Signed("0000000000000003").request(), noon + 30min + 1s), "Time"));
  CHECK(says(check.refuse(Signed("0000000000000004").request(), noon - 30min - 1s), "Time"));
}

TEST_CASE("signature_check: Credential must have the documented form and name the AppID") {
  auto check = make_check();
  const std::string algorithm(wonder::algorithm);
  for (const std::string& wrong : {std::string(), app, app + "/20240501120000", app + "/20240501120000/RSA",
                                   app + "/2024050112000/" + algorithm, app + "/20240532120000/" + algorithm}) {
    CAPTURE(wrong);
    Signed request;
    request.credential = wrong;
    const auto refused = check.refuse(request.request(), noon);
    CHECK(status(refused) == 401);
    CHECK(says(refused, "E000002"));
  }
  Signed stranger;
  stranger.credential.front() = '0';
  CHECK(says(check.refuse(stranger.request(), noon), "AppID"));
}

TEST_CASE("signature_check: a nonce is 16 alphanumeric characters; X-Request-ID and Content-Type must be there") {
  auto check = make_check();
  for (const char* wrong : {"", "0123456789abcde", "0123456789abcdef0", "0123456789abcde-"}) {
    CHECK(says(check.refuse(Signed(wrong).request(), noon), "Nonce"));
  }
  Signed anonymous;
  anonymous.request_id.clear();
  CHECK(status(check.refuse(anonymous.request(), noon)) == 400);
  const Signed untyped;
  ApiRequest request = untyped.request();
  request.content_type = "text/plain";
  CHECK(status(check.refuse(request, noon)) == 400);
}

TEST_CASE("nonce_memory: a nonce is known for an hour at least, and memory is bounded by forgetting the oldest") {
  NonceMemory memory(4);
  CHECK(memory.insert("aaaaaaaaaaaaaaaa", noon));
  CHECK_FALSE(memory.insert("aaaaaaaaaaaaaaaa", noon + 60min));
  CHECK(memory.insert("bbbbbbbbbbbbbbbb", noon + 61min));
  CHECK_FALSE(memory.insert("aaaaaaaaaaaaaaaa", noon + 61min));
  for (char c = 'c'; c < 'm'; ++c) CHECK(memory.insert(std::string(16, c), noon + 61min));
  CHECK(memory.insert("aaaaaaaaaaaaaaaa", noon + 61min));
}
