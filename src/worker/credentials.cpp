// Reading the secrets of a run: the other half of amend/worker/signer.hpp.
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "amend/wonder/secret_file.hpp"
#include "amend/worker/signer.hpp"

namespace amend {
namespace {

// Header names that amend writes itself, or that can move the border between two requests.
constexpr std::array<std::string_view, 14> reserved_names{
    "Host",      "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Credential", "Nonce",
    "Signature", "X-Request-ID",   "Expect",       "Upgrade",           "TE",         "Trailer",    "Accept-Encoding"};

// Names whose values are secrets: --header is visible in shell histories and process lists.
constexpr std::array<std::string_view, 4> secret_names{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key"};

// The text of a secret. It is wiped when it is no longer needed.
class SecretContent {
 public:
  explicit SecretContent(std::string text) noexcept : text_(std::move(text)) {}
  ~SecretContent() { OPENSSL_cleanse(text_.data(), text_.size()); }
  SecretContent(const SecretContent&) = delete;
  SecretContent& operator=(const SecretContent&) = delete;
  std::string_view view() const noexcept { return text_; }

 private:
  std::string text_;
};

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool contains_name(std::span<const std::string_view> names, std::string_view name) noexcept {
  return std::ranges::any_of(names, [&](std::string_view n) { return wonder::same_id(n, name); });
}

// Source: RFC 9110 §5.6.2.
bool is_token(std::string_view name) noexcept {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view value) noexcept {
  return std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

// `where` names the option and the place in it. The text of the header is never repeated, because it may be a secret.
void append_header_line(std::string& lines, std::string_view header, const std::string& where, Auth kind) {
  const std::size_t colon = header.find(':');
  if (colon == std::string_view::npos) throw ConfigError(where + " is not of the form 'Name: value'");
  const std::string_view name = header.substr(0, colon);
  std::string_view value = header.substr(colon + 1);
  value = value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  if (!is_token(name)) throw ConfigError(where + ": the name before the colon is not a header name (RFC 9110)");
  if (!is_header_value(value)) throw ConfigError(where + ": the value contains a control character");
  if (contains_name(reserved_names, name)) {
    throw ConfigError(where + ": " + printable(name, 64) +
                      " cannot be set: amend writes it itself or does not allow it");
  }
  if (kind == Auth::bearer && wonder::same_id(name, "Authorization")) {
    throw ConfigError(where + ": amend already writes Authorization from --bearer-file. Remove this header");
  }
  lines.append(name).append(": ").append(value).append("\r\n");
}

std::string plain_header_lines(const AuthConfig& config) {
  std::string lines;
  for (std::size_t i = 0; i < config.headers.size(); ++i) {
    const std::string& header = config.headers[i];
    const std::string where = "--header number " + std::to_string(i + 1);
    if (contains_name(secret_names, std::string_view(header).substr(0, header.find(':')))) {
      throw ConfigError(where + " looks like a secret. Put the line into a file and name it with --header-file");
    }
    append_header_line(lines, header, where, config.kind);
  }
  return lines;
}

std::string secret_header_lines(const AuthConfig& config) {
  std::string lines;
  if (config.header_file.empty()) return lines;
  const SecretContent content(wonder::read_secret_file(config.header_file, "--header-file"));
  std::string_view rest = content.view();
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trimmed(line).empty()) continue;
    append_header_line(lines, line, "--header-file line " + std::to_string(number), config.kind);
  }
  return lines;
}

std::string bearer_token(const AuthConfig& config) {
  if (config.bearer_file.empty()) throw ConfigError("--auth bearer needs --bearer-file FILE");
  const SecretContent content(wonder::read_secret_file(config.bearer_file, "--bearer-file"));
  const std::string_view token = trimmed(content.view());
  const bool printable_ascii = std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; });
  if (token.empty() || !printable_ascii) {
    throw ConfigError("--bearer-file must contain one token: printable ASCII characters without blanks");
  }
  return std::string(token);
}

wonder::PrivateKey parse_key(std::string_view pem, const std::string& option) {
  try {
    return wonder::PrivateKey::from_pem(pem);
  } catch (const ConfigError& error) {
    throw ConfigError(option + ": " + error.what());
  }
}

wonder::PrivateKey private_key(const AuthConfig& config) {
  if (!config.private_key_file.empty()) {
    const SecretContent content(wonder::read_secret_file(config.private_key_file, "--private-key"));
    return parse_key(content.view(), "--private-key " + printable(config.private_key_file));
  }
  const char* text = config.private_key_env.empty() ? nullptr : std::getenv(config.private_key_env.c_str());
  if (text != nullptr && *text != '\0') {
    return parse_key(text, "the variable " + config.private_key_env + " (used because --private-key is not set)");
  }
  std::string message = "a private key is needed to sign requests: --private-key FILE";
  if (!config.private_key_env.empty()) message += ", or PEM text in the variable " + config.private_key_env;
  throw ConfigError(message);
}

void require_app_id(const AuthConfig& config) {
  if (config.app_id.empty()) throw ConfigError("an AppID is needed to sign requests: --app-id ID");
  if (!wonder::is_uuid(config.app_id)) {
    throw ConfigError("--app-id must be a uuid (8-4-4-4-12 hexadecimal digits)");
  }
}

}  // namespace

Credentials load_credentials(const AuthConfig& config) {
  Credentials out;
  if (config.kind == Auth::wonder) {
    require_app_id(config);
    out.private_key = private_key(config);
  }
  if (config.kind == Auth::bearer) out.bearer_token = bearer_token(config);
  out.secret_header_lines = secret_header_lines(config);
  out.header_lines = plain_header_lines(config);
  return out;
}

}  // namespace amend
