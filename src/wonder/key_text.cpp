#include "wonder/key_text.hpp"

#include <algorithm>
#include <array>

#include "row/ascii.hpp"

namespace amend::wonder {
namespace {

// OLD and NEW represent file names, because the text may come from a variable.
constexpr std::string_view decrypt =
    "Write a copy without a passphrase: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";

class Format {
 public:
  std::string_view mark;  ///< by which it is recognised
  std::string_view what;
};

bool contains(std::string_view content, std::string_view mark) { return content.find(mark) != std::string_view::npos; }

bool is_blank(std::string_view content) { return content.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// Whether it is base64 without the lines around it, like a key that was copied from a web page.
bool is_bare_base64(std::string_view content) {
  constexpr std::size_t shortest = 64;
  return content.size() >= shortest && std::ranges::all_of(content, [](char c) {
           return is_ascii_alphanumeric(c) || std::string_view("+/=\r\n ").find(c) != std::string_view::npos;
         });
}

bool is_utf16(std::string_view content) { return content.starts_with("\xff\xfe") || content.starts_with("\xfe\xff"); }

// Whether it is ASN.1: a SEQUENCE with a length of two bytes, as in all these files. PKCS#12 begins with version 3.
bool is_der(std::string_view content) { return content.starts_with("\x30\x82"); }
bool is_pkcs12(std::string_view content) {
  return is_der(content) && content.substr(std::min<std::size_t>(content.size(), 4)).starts_with("\x02\x01\x03");
}

constexpr std::array key_formats{
    Format{"BEGIN OPENSSH PRIVATE KEY",
           "the private key is in OpenSSH format. Convert a copy of it: ssh-keygen -p -m PEM -f FILE"},
    Format{"BEGIN ENCRYPTED PRIVATE KEY", ""},
    Format{"Proc-Type: 4,ENCRYPTED", ""},
    Format{"PuTTY-User-Key-File",
           "the private key is in PuTTY format. Convert it: puttygen OLD -O private-openssh -o NEW"},
    Format{"BEGIN PGP ", "this is a PGP key, not a private key in PEM form. Use the key that belongs to the AppID"},
    Format{"BEGIN PUBLIC KEY", "this is a public key. Name the file with the private key of the pair"},
    Format{"BEGIN RSA PUBLIC KEY", "this is a public key. Name the file with the private key of the pair"},
    Format{"BEGIN SSH2 PUBLIC KEY", "this is a public key. Name the file with the private key of the pair"},
    Format{"ssh-rsa ", "this is an SSH public key. Name the file with the private key (without .pub)"},
    Format{"ssh-ed25519 ", "this is an SSH public key of another type than RSA. The API needs an RSA private key"},
    Format{"CERTIFICATE REQUEST-----", "this is a certificate request, not a private key. Name the private key file"},
    Format{"\"kty\"", "this is a key in JWK form (JSON). Save it in PEM form (BEGIN PRIVATE KEY)"},
};

std::string describe_binary_key(std::string_view content) {
  if (is_utf16(content)) return "the file is UTF-16 text. Save it as plain ASCII text and run the command again";
  if (content.starts_with("\xfe\xed\xfe\xed"))
    return "this is a Java keystore. Convert it: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 "
           "-deststoretype pkcs12, then openssl pkcs12 -in NEW.p12 -nocerts -nodes -out NEW";
  if (is_pkcs12(content))
    return "this is a PKCS#12 file (.p12, .pfx). Take the key out: openssl pkcs12 -in OLD -nocerts -nodes -out NEW";
  if (is_der(content))
    return "the file is in DER form (binary), not in PEM form. Convert it: openssl pkey -inform DER -in OLD -out NEW";
  return {};
}

}  // namespace

std::string describe_wrong_key(std::string_view content) {
  if (is_blank(content)) return "the private key is empty";
  if (std::string binary = describe_binary_key(content); !binary.empty()) return binary;
  for (const Format& format : key_formats) {
    if (!contains(content, format.mark)) continue;
    if (!format.what.empty()) return std::string(format.what);
    return "amend does not support a private key with a passphrase. " + std::string(decrypt);
  }
  const bool begins = contains(content, "PRIVATE KEY-----");
  if (!begins && contains(content, "BEGIN CERTIFICATE"))
    return "this is a certificate, not a private key. Name the private key file";
  if (is_bare_base64(content))
    return "the private key has no BEGIN and END lines. Add -----BEGIN PRIVATE KEY----- before and -----END PRIVATE "
           "KEY----- after it";
  if (!begins) return "no private key in PEM form found (BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY)";
  if (contains(content, "-----END") && content.find('\n') >= content.rfind("-----END"))
    return "the line breaks of the private key are missing. Restore them, or write each line break as \\n";
  return "the private key's PEM text is damaged or cut off. Copy the whole key again";
}

std::string describe_wrong_certificate(std::string_view content) {
  if (is_utf16(content)) return "the file is UTF-16 text. Save it as plain ASCII text";
  if (is_pkcs12(content))
    return "this is a PKCS#12 file (.p12, .pfx). Take the certificates out: openssl pkcs12 -in OLD -nokeys -out NEW";
  if (is_der(content))
    return "the file is in DER form (binary), not in PEM form. Convert it: openssl x509 -inform DER -in OLD -out NEW";
  if (contains(content, "BEGIN PKCS7"))
    return "this is a PKCS#7 file. Convert it: openssl pkcs7 -print_certs -in OLD -out NEW";
  if (contains(content, "CERTIFICATE REQUEST-----"))
    return "this is a certificate request, not a certificate. Name the file with the certificate";
  if (contains(content, "BEGIN CERTIFICATE") || contains(content, "BEGIN TRUSTED CERTIFICATE") ||
      contains(content, "BEGIN X509 CERTIFICATE"))
    return "a certificate in the file is damaged or cut off. Copy the whole certificate again";
  return "the file has no certificate in PEM form (BEGIN CERTIFICATE)";
}

}  // namespace amend::wonder
