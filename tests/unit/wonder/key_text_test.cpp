#include "wonder/key_text.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

using amend::wonder::describe_wrong_certificate;
using amend::wonder::describe_wrong_key;

namespace {

using Case = std::pair<std::string, std::string_view>;  // the content of the file, and the expected text

std::string pem_text(const std::string& what) {
  return "-----BEGIN " + what + "-----\nc2VjcmV0IQ==\n-----END " + what + "-----\n";
}

template <class Cases, class Describe>
void check(const Cases& cases, Describe describe) {
  for (const auto& [content, part] : cases) {
    const std::string text = describe(content);
    CAPTURE(content);
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
    CHECK(text.find("c2VjcmV0IQ") == std::string::npos);
  }
}

const std::string pkcs12("\x30\x82\x09\x91\x02\x01\x03\x30", 8);
const std::string der("\x30\x82\x04\xbd\x02\x01\x00\x30", 8);

}  // namespace

TEST_CASE("key text: each format that is no key in PEM form is named, with the command that makes one of it") {
  check(
      std::array{
          Case{pem_text("OPENSSH PRIVATE KEY"), "ssh-keygen -p -m PEM -f FILE"},
          Case{pem_text("ENCRYPTED PRIVATE KEY"), "openssl pkcs8 -topk8 -nocrypt"},
          Case{"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nc2VjcmV0IQ==\n", "passphrase"},
          Case{"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "puttygen"},
          Case{pem_text("PUBLIC KEY"), "public key"},
          Case{pem_text("RSA PUBLIC KEY"), "public key"},
          Case{"---- BEGIN SSH2 PUBLIC KEY ----\nc2VjcmV0IQ\n", "public key"},
          Case{"ssh-rsa c2VjcmV0IQ== me@host", "without .pub"},
          Case{"ssh-ed25519 c2VjcmV0IQ== me@host", "RSA private key"},
          Case{pem_text("CERTIFICATE"), "certificate, not a private key"},
          Case{pem_text("CERTIFICATE REQUEST"), "certificate request"},
          Case{pem_text("NEW CERTIFICATE REQUEST"), "certificate request"},
          Case{pem_text("PGP PRIVATE KEY BLOCK"), "PGP"},
          Case{R"({"kty":"RSA","d":"c2VjcmV0IQ"})", "JWK"},
          Case{pkcs12, "openssl pkcs12"},
          Case{der, "openssl pkey -inform DER"},
          Case{std::string("\xfe\xed\xfe\xed\0\0", 6), "keytool"},
          Case{std::string("\xff\xfe-\0-\0", 6), "UTF-16"},
          Case{std::string("\xfe\xff\0-\0-", 6), "UTF-16"},
          Case{std::string(80, 'A') + "\n" + std::string(12, 'B'), "BEGIN and END lines"},
          Case{"-----BEGIN PRIVATE KEY----- c2VjcmV0IQ== -----END PRIVATE KEY-----\n",
               "line breaks of the private key are missing"},
          Case{"-----BEGIN PRIVATE KEY----- c2VjcmV0IQ== -----END PRIVATE KEY-----",
               "line breaks of the private key are missing"},
          Case{pem_text("PRIVATE KEY"), "damaged or cut off"},
          Case{"-----BEGIN PRIVATE KEY-----\nc2VjcmV0IQ==\n", "damaged or cut off"},
          Case{"\n \t\r\n", "empty"},
          Case{"", "empty"},
          Case{"hello", "no private key in PEM form"},
      },
      describe_wrong_key);
}

TEST_CASE("key text: a file of certificates that holds none, or a damaged one") {
  check(
      std::array{
          Case{pem_text("CERTIFICATE"), "damaged or cut off"},
          Case{pem_text("TRUSTED CERTIFICATE"), "damaged or cut off"},
          Case{pem_text("PRIVATE KEY"), "no certificate in PEM form"},
          Case{pem_text("CERTIFICATE REQUEST"), "certificate request"},
          Case{pem_text("PKCS7"), "openssl pkcs7"},
          Case{pkcs12, "openssl pkcs12"},
          Case{der, "openssl x509 -inform DER"},
          Case{std::string("\xff\xfe-\0-\0", 6), "UTF-16"},
          Case{"hello", "no certificate in PEM form"},
      },
      describe_wrong_certificate);
}
