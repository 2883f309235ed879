#include "amend/wonder/request_signer.hpp"

#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "amend/error.hpp"
#include "unit/wonder/throwaway_key.hpp"
#include "unit/wonder/vectors.hpp"

using namespace amend;
using namespace amend::wonder;
using namespace amend::test;
using Clock = std::chrono::system_clock;

namespace {

const boost::json::object& vectors() {
  static const boost::json::object all = load_vectors();
  return all;
}

std::string pkcs8_base64() { return text_of(vectors(), "private_key_pkcs8_der_base64"); }
std::string pkcs8_pem() { return pem("PRIVATE KEY", pkcs8_base64()); }

std::string to_base64(std::string_view bytes) {
  std::vector<unsigned char> out((bytes.size() + 2) / 3 * 4 + 1);
  const int size =
      EVP_EncodeBlock(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return std::string(reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(size));
}

// PKCS#8 wraps PKCS#1 in an OCTET STRING that begins after 26 bytes for an RSA-2048 key.
std::string pkcs1_pem() { return pem("RSA PRIVATE KEY", to_base64(from_base64(pkcs8_base64()).substr(26))); }

PublicKey public_key() { return PublicKey::from_der(from_base64(text_of(vectors(), "public_key_spki_der_base64"))); }

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string written(EVP_PKEY* key, const EVP_CIPHER* cipher, const char* passphrase) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  const int size = passphrase == nullptr ? 0 : static_cast<int>(std::string_view(passphrase).size());
  REQUIRE(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, passphrase, size, nullptr, nullptr) == 1);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(length));
}

std::string key_refusal(std::string_view pem_text) {
  try {
    PrivateKey::from_pem(pem_text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

// No line of the key (nor its first half) may be found in a message.
bool leaks(const std::string& message, const std::string& key_pem) {
  for (std::size_t i = 0; i + 24 < key_pem.size(); i += 8) {
    const std::string piece = key_pem.substr(i, 24);
    const bool delimiter = piece.find("KEY") != std::string::npos || piece.find("--") != std::string::npos;
    if (!delimiter && message.find(piece) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("request_signer: every published vector, every intermediate value") {
  const PrivateKey key = PrivateKey::from_pem(pkcs8_pem());
  SignatureMaker maker(key);
  REQUIRE(vectors().at("vectors").as_array().size() == 7);
  for (const auto& entry : vectors().at("vectors").as_array()) {
    const auto& v = entry.as_object();
    CAPTURE(text_of(v, "name"));
    SigningSteps steps;
    steps.compute(text_of(v, "nonce"), text_of(v, "request_time"), text_of(v, "method"), text_of(v, "uri"),
                  text_of(v, "body_utf8"));
    CHECK(hex(steps.k1()) == text_of(v, "hmac1_hex"));
    CHECK(hex(steps.k2()) == text_of(v, "hmac2_hex"));
    CHECK(hex(steps.message()) == text_of(v, "presign_message_hex"));
    CHECK(steps.message().size() == v.at("presign_message_len").to_number<std::size_t>());
    CHECK(steps.text() == text_of(v, "hmac3_hex"));
    CHECK(key.sign(steps.text()) == text_of(v, "signature_base64"));
    CHECK(public_key().verify(steps.text(), text_of(v, "signature_base64")));
    CHECK(text_of(v, "algorithm") == algorithm);

    std::string headers = "Before: x\r\n";
    append_signature_headers(headers, text_of(v, "app_id"), text_of(v, "request_time"), text_of(v, "nonce"), steps,
                             maker);
    CHECK(headers == "Before: x\r\nCredential: " + text_of(v, "credential") + "\r\nNonce: " + text_of(v, "nonce") +
                         "\r\nSignature: " + text_of(v, "signature_base64") + "\r\n");
  }
}

TEST_CASE("request_signer: steps computed twice in the same object do not remember the first request") {
  SigningSteps used;
  used.compute("aaaaaaaaaaaaaaaa", "20240501120123", "PUT", "/a", "a long body that must be gone");
  used.compute("bbbbbbbbbbbbbbbb", "20240501120124", "GET", "/b", "");
  SigningSteps fresh;
  fresh.compute("bbbbbbbbbbbbbbbb", "20240501120124", "GET", "/b", "");
  CHECK(used.message() == "GET\n/b");
  CHECK(used.text() == fresh.text());
}

TEST_CASE("request_signer: HMAC-SHA-256 agrees with RFC 4231, test case 2, and takes an empty key after another") {
  HmacSha256 hmac_sha256;
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("request_signer: time is UTC, fourteen digits, and reads back to the same second") {
  const auto at = parse_time("20240229235959");
  REQUIRE(at);
  const auto text = format_time(*at + std::chrono::milliseconds(999));
  CHECK(std::string_view(text.data(), text.size()) == "20240229235959");
  CHECK(at->time_since_epoch() == std::chrono::seconds(1709251199));
  const auto epoch = format_time(Clock::time_point{});
  CHECK(std::string_view(epoch.data(), epoch.size()) == "19700101000000");
  for (const auto& entry : vectors().at("vectors").as_array()) {
    const std::string time = text_of(entry.as_object(), "request_time");
    const auto again = format_time(parse_time(time).value());
    CHECK(std::string_view(again.data(), again.size()) == time);
  }
}

TEST_CASE("request_signer: what is not a second of a real day is no time") {
  for (const char* text : {"", "2024050112012", "202405011201230", "2024050112012x", "20240230000000", "20230229000000",
                           "20241301000000", "20240001000000", "20240500000000", "20240501240000", "20240501006000",
                           "20240501000060", "+2024050112012", "99991231235959", "00000101000000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("request_signer: PKCS#8, PKCS#1 and literal \\n give the same signatures") {
  const std::string expected = PrivateKey::from_pem(pkcs8_pem()).sign("text");
  CHECK(PrivateKey::from_pem(pkcs1_pem()).sign("text") == expected);
  for (const std::string line_end : {"\\n", "\\r\\n", "\r\n"}) {
    std::string folded;
    for (const char c : pkcs8_pem()) c == '\n' ? folded += line_end : folded += c;
    CHECK(PrivateKey::from_pem(folded).sign("text") == expected);
  }
}

TEST_CASE("request_signer: a key of 4096 bits signs and its public half verifies") {
  const PrivateKey key = PrivateKey::from_pem(pem("PRIVATE KEY", rsa_4096_base64));
  CHECK(key.bits() == 4096);
  const std::string signature = key.sign("text");
  CHECK(signature.size() == 684);
  const PublicKey verifier = PublicKey::from_pem(key.public_pem());
  CHECK(verifier.verify("text", signature));
  CHECK_FALSE(verifier.verify("Text", signature));
  CHECK_FALSE(public_key().verify("text", signature));
}

TEST_CASE("request_signer: a changed text or a changed or oddly spelled signature does not verify") {
  const PrivateKey key = PrivateKey::from_pem(pkcs8_pem());
  const PublicKey verifier = public_key();
  const std::string good = key.sign("text");
  REQUIRE(verifier.verify("text", good));
  CHECK_FALSE(verifier.verify("texT", good));
  for (const std::size_t at : {std::size_t{0}, std::size_t{100}, good.size() - 3}) {
    std::string bad = good;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verifier.verify("text", bad));
  }
  CHECK_FALSE(verifier.verify("text", ""));
  CHECK_FALSE(verifier.verify("text", good + "\n"));
  CHECK_FALSE(verifier.verify("text", " " + good.substr(0, good.size() - 1)));
  CHECK_FALSE(verifier.verify("text", std::string(good.size(), '=')));
  CHECK_FALSE(verifier.verify("text", good.substr(0, good.size() - 4)));
  std::string unused_bits = good;  // before "==" the last character has four unused bits
  REQUIRE(unused_bits.ends_with("=="));
  unused_bits[unused_bits.size() - 3]++;
  CHECK_FALSE(verifier.verify("text", unused_bits));
}

TEST_CASE("request_signer: keys that cannot be used are refused with the reason and without a prompt") {
  const Key rsa_1024(EVP_RSA_gen(1024U), &EVP_PKEY_free);
  const Key elliptic(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::string small = written(rsa_1024.get(), nullptr, nullptr);
  const std::string curve = written(elliptic.get(), nullptr, nullptr);
  const std::string locked = written(rsa_1024.get(), EVP_aes_128_cbc(), "secret");
  CHECK(key_refusal(small) == "the private key has 1024 bits; 2048 to 4096 are accepted");
  CHECK(key_refusal(curve) == "the private key is not an RSA key");
  CHECK(key_refusal(locked).find("passphrase") != std::string::npos);
  CHECK(key_refusal("") == "the private key is empty");
  CHECK(key_refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").find("certificate, not") !=
        std::string::npos);
  CHECK(key_refusal(pem("PUBLIC KEY", text_of(vectors(), "public_key_spki_der_base64"))).find("public key") !=
        std::string::npos);
  CHECK(key_refusal(from_base64(pkcs8_base64())).find("DER form") != std::string::npos);
  CHECK(key_refusal(pkcs8_pem().substr(0, 900)).find("damaged or cut off") != std::string::npos);
  for (const std::string& key : {small, curve, locked, pkcs8_pem().substr(0, 900)})
    CHECK_FALSE(leaks(key_refusal(key), key));
}

TEST_CASE("request_signer: a traditional encrypted PEM is refused without a prompt") {
  const std::string text =
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
      "00112233445566778899AABBCCDDEEFF\n\n" +
      pkcs8_base64().substr(0, 64) + "\n-----END RSA PRIVATE KEY-----\n";
  CHECK(key_refusal(text).find("passphrase") != std::string::npos);
  CHECK_FALSE(leaks(key_refusal(text), text));
}

TEST_CASE("request_signer: a key whose modulus does not fit is found at once") {
  std::string der = from_base64(pkcs8_base64());
  der[100] = static_cast<char>(der[100] ^ 1);  // in the modulus
  const std::string damaged = pem("PRIVATE KEY", to_base64(der));
  const std::string message = key_refusal(damaged);
  CAPTURE(message);
  CHECK(message.find("damaged") != std::string::npos);
  CHECK_FALSE(leaks(message, damaged));
}

TEST_CASE("request_signer: public keys that are none are refused") {
  const std::string no_pem = "no public key in PEM form found (BEGIN PUBLIC KEY)";
  CHECK_THROWS_WITH_AS(PublicKey::from_pem("nonsense"), no_pem.c_str(), ConfigError);
  CHECK_THROWS_WITH_AS(PublicKey::from_pem(pkcs8_pem()), no_pem.c_str(), ConfigError);
  CHECK_THROWS_WITH_AS(PublicKey::from_der("nonsense"), "the public key is not a DER SubjectPublicKeyInfo",
                       ConfigError);
}

TEST_CASE("request_signer: one key signs in several threads, each over and over") {
  const PrivateKey key = PrivateKey::from_pem(pkcs8_pem());
  const std::string expected = key.sign("text");
  std::vector<std::string> got(4);
  {
    std::vector<std::thread> threads;
    for (auto& slot : got) {
      threads.emplace_back([&slot, key] {
        SignatureMaker maker(key);
        for (int i = 0; i < 5; ++i) {
          slot.clear();
          maker.append_signature("text", slot);
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  for (const auto& signature : got) CHECK(signature == expected);
}
