#include "amend/worker/signer.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "unit/wonder/vectors.hpp"
#include "worker/entropy.hpp"

using namespace amend;
using namespace amend::test;

namespace {

const std::string app_id = "d900da8b-6e16-4a85-8a66-05d29ac53f24";
constexpr const char* variable = "AMEND_TEST_PRIVATE_KEY";

std::string key_pem() { return pem("PRIVATE KEY", text_of(load_vectors(), "private_key_pkcs8_der_base64")); }

wonder::PublicKey public_key() {
  return wonder::PublicKey::from_der(from_base64(text_of(load_vectors(), "public_key_spki_der_base64")));
}

class SecretFile {
 public:
  explicit SecretFile(const std::string& content) {
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    std::ofstream(path_) << content;
  }
  ~SecretFile() { ::unlink(path_.c_str()); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/amend-signer-XXXXXX";
};

AuthConfig no_auth() {
  AuthConfig config;
  config.kind = Auth::none;
  return config;
}

AuthConfig wonder_auth(const std::string& key_file) {
  AuthConfig config;
  config.app_id = app_id;
  config.private_key_file = key_file;
  config.private_key_env = variable;
  return config;
}

std::string refusal(const AuthConfig& config) {
  try {
    load_credentials(config);
  } catch (const ConfigError& error) {
    CHECK(error.exit_code() == ExitCode::usage);
    return error.what();
  }
  return "accepted";
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string value_of(const std::string& lines, const std::string& name) {
  const std::size_t begin = lines.find(name + ": ");
  REQUIRE(begin != std::string::npos);
  const std::size_t value = begin + name.size() + 2;
  return lines.substr(value, lines.find("\r\n", value) - value);
}

}  // namespace

TEST_CASE("signer: a signed request carries Credential, Nonce and a signature that verifies") {
  const SecretFile file(key_pem());
  const AuthConfig config = wonder_auth(file.path());
  const auto signer = make_signer(config, load_credentials(config));
  CHECK(signer->signatures_per_turn() == 1);
  const auto now = wonder::parse_time("20240501120123").value();
  const Request request("PUT", "/svc/customers/1?x=y", "{\"name\":\"é\"}");
  std::set<std::string> nonces;
  for (int i = 0; i < 5; ++i) {
    std::string headers;
    signer->append_headers(request, now, headers);
    CHECK(value_of(headers, "Credential") == app_id + "/20240501120123/Wonder-RSA-SHA256");
    const std::string nonce = value_of(headers, "Nonce");
    CHECK(nonce.size() == 16);
    nonces.insert(nonce);
    wonder::SigningSteps steps;
    steps.compute(nonce, "20240501120123", "PUT", "/svc/customers/1?x=y", "{\"name\":\"é\"}");
    CHECK(public_key().verify(steps.text(), value_of(headers, "Signature")));
  }
  CHECK(nonces.size() == 5);
}

TEST_CASE("signer: further headers follow those of every kind, and nothing else is written") {
  AuthConfig config = no_auth();
  config.headers = {"X-Team: billing", "X-Empty:", "X-Spaces: \t a b \t"};
  const SecretFile file("X-Gateway-Key: s3cret\r\n\n X-Other:no\n");
  CHECK(holds(refusal([&] {
                AuthConfig bad = config;
                bad.header_file = file.path();
                return bad;
              }()),
              "--header-file line 3"));
  const SecretFile good("X-Gateway-Key: s3cret\r\n\nX-Other:no");
  config.header_file = good.path();
  const auto signer = make_signer(config, load_credentials(config));
  std::string headers = "A: b\r\n";
  signer->append_headers(Request("GET", "/", ""), {}, headers);
  CHECK(headers == "A: b\r\nX-Team: billing\r\nX-Empty: \r\nX-Spaces: a b\r\nX-Gateway-Key: s3cret\r\nX-Other: no\r\n");
  CHECK(signer->signatures_per_turn() > 1'000'000);
}

TEST_CASE("signer: a bearer token is read from its file without its line end") {
  const SecretFile file("tok.en-1_~+/==\r\n");
  AuthConfig config = no_auth();
  config.kind = Auth::bearer;
  config.bearer_file = file.path();
  config.headers = {"X-A: b"};
  const auto signer = make_signer(config, load_credentials(config));
  std::string headers;
  signer->append_headers(Request("GET", "/", ""), {}, headers);
  CHECK(headers == "Authorization: Bearer tok.en-1_~+/==\r\nX-A: b\r\n");
}

TEST_CASE("signer: tokens that are missing or could split a header are refused without being shown") {
  AuthConfig config = no_auth();
  config.kind = Auth::bearer;
  CHECK(holds(refusal(config), "--bearer-file"));
  for (const std::string content : {"", "\n", "two words-hunter2", "hunter2\r\nX-Evil: 1", "hunter2\x01", "hunter2é"}) {
    const SecretFile file(content);
    config.bearer_file = file.path();
    const std::string message = refusal(config);
    CHECK(holds(message, "--bearer-file"));
    CHECK_FALSE(holds(message, "hunter2"));
  }
}

TEST_CASE("signer: headers that the tool writes itself or that change the framing are refused in any case") {
  for (const char* name :
       {"Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Credential", "Nonce", "Signature",
        "X-Request-ID", "x-request-id", "HOST", "Expect", "Upgrade", "TE", "Trailer", "accept-encoding"}) {
    CAPTURE(name);
    AuthConfig config = no_auth();
    config.headers = {"X-Ok: 1", std::string(name) + ": hunter2"};
    const std::string message = refusal(config);
    CHECK(message.starts_with("--header number 2"));
    CHECK_FALSE(holds(message, "hunter2"));
  }
}

TEST_CASE("signer: malformed headers are refused without being shown") {
  const std::vector<std::string> malformed{"hunter2",
                                           ": hunter2",
                                           "X A: hunter2",
                                           "X: hunter2\r\nY: z",
                                           "X: hunter2\n",
                                           std::string("X: hunter2\0", 11),
                                           "X\r: hunter2",
                                           "X\xC3\xA9: hunter2",
                                           "",
                                           " X: hunter2",
                                           "X : hunter2",
                                           "X: \x1b[hunter2"};
  for (const std::string& header : malformed) {
    CAPTURE(header);
    AuthConfig config = no_auth();
    config.headers = {header};
    const std::string message = refusal(config);
    CHECK(message.starts_with("--header number 1"));
    CHECK_FALSE(holds(message, "hunter2"));
  }
}

TEST_CASE("signer: what is wrong with a header or a token is said in these words") {
  const auto header = [](const std::string& line) {
    AuthConfig config = no_auth();
    config.headers = {"X-Team: night shift", line};
    return refusal(config);
  };
  CHECK(header("X-Team") == "--header number 2 is not of the form 'Name: value'");
  CHECK(header("X Team: a") == "--header number 2: the name before the colon is not a header name (RFC 9110)");
  CHECK(header("X-Team: \x1b") == "--header number 2: the value contains a control character");
  CHECK(header("Host: a") == "--header number 2: Host cannot be set: amend writes it itself or does not allow it");
  CHECK(header("Cookie: a") ==
        "--header number 2 looks like a secret. Put the line into a file and name it with --header-file");
  AuthConfig config = no_auth();
  config.kind = Auth::bearer;
  CHECK(refusal(config) == "--auth bearer needs --bearer-file FILE");
  const SecretFile token("two words");
  config.bearer_file = token.path();
  CHECK(refusal(config) == "--bearer-file must contain one token: printable ASCII characters without blanks");
}

TEST_CASE("signer: a header that is a secret by its name belongs into a file") {
  for (const char* name : {"Authorization", "proxy-authorization", "Cookie", "X-API-Key"}) {
    AuthConfig config = no_auth();
    config.headers = {std::string(name) + ": hunter2"};
    const std::string message = refusal(config);
    CHECK(holds(message, "--header-file"));
    CHECK_FALSE(holds(message, "hunter2"));
    const SecretFile file(config.headers[0]);
    config.headers.clear();
    config.header_file = file.path();
    CHECK(refusal(config) == "accepted");
  }
  const SecretFile token("hunter2");
  const SecretFile lines("Authorization: hunter2");
  AuthConfig config = no_auth();
  config.kind = Auth::bearer;
  config.bearer_file = token.path();
  config.header_file = lines.path();
  CHECK(holds(refusal(config), "--header-file line 1"));
}

TEST_CASE("signer: signing needs an AppID and a key, and says which option gives them") {
  ::unsetenv(variable);
  const SecretFile file(key_pem());
  AuthConfig config = wonder_auth(file.path());
  config.app_id.clear();
  CHECK(holds(refusal(config), "--app-id"));
  config.app_id = "my-app";
  CHECK(holds(refusal(config), "--app-id"));
  CHECK_THROWS_AS(make_wonder_signer("my-app", wonder::PrivateKey::from_pem(key_pem())), ConfigError);
  config = wonder_auth("");
  CHECK(holds(refusal(config), "--private-key"));
  CHECK(holds(refusal(config), variable));
  CHECK_THROWS_AS(make_signer(config, Credentials()), ConfigError);
  config = wonder_auth("/nonexistent/key.pem");
  CHECK(holds(refusal(config), "--private-key /nonexistent/key.pem"));
}

TEST_CASE("signer: the key may stand in a variable, with literal \\n; a file goes before it") {
  std::string folded;
  for (const char c : key_pem()) c == '\n' ? folded += "\\n" : folded += c;
  ::setenv(variable, folded.c_str(), 1);
  CHECK(load_credentials(wonder_auth("")).private_key.has_value());
  ::setenv(variable, folded.substr(0, 500).c_str(), 1);
  const std::string message = refusal(wonder_auth(""));
  CHECK(holds(message, variable));
  CHECK_FALSE(holds(message, folded.substr(100, 20)));
  const SecretFile file(key_pem());
  CHECK(refusal(wonder_auth(file.path())) == "accepted");
  ::unsetenv(variable);
}

TEST_CASE("signer: a key file that others can read, or that holds no key, is refused without its content") {
  const SecretFile file(key_pem());
  REQUIRE(::chmod(file.path().c_str(), 0640) == 0);
  CHECK(holds(refusal(wonder_auth(file.path())), "chmod 600"));
  const SecretFile cut(key_pem().substr(0, 700));
  const std::string message = refusal(wonder_auth(cut.path()));
  CHECK(message.starts_with("--private-key "));
  CHECK_FALSE(holds(message, key_pem().substr(100, 20)));
}

TEST_CASE("entropy: nonces use the whole alphabet evenly and do not repeat") {
  Entropy entropy;
  std::vector<int> counts(256);
  std::set<std::string> seen;
  constexpr int nonces = 12'400;  // 198,400 characters, 3,200 expected of each of 62
  for (int i = 0; i < nonces; ++i) {
    std::array<char, 16> nonce;
    entropy.nonce(nonce);
    seen.emplace(nonce.data(), nonce.size());
    for (const char c : nonce) ++counts[static_cast<unsigned char>(c)];
  }
  CHECK(seen.size() == nonces);
  for (int c = 0; c < 256; ++c) {
    CAPTURE(c);
    const bool allowed = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const int count = counts[static_cast<std::size_t>(c)];
    if (!allowed) {
      CHECK(count == 0);
      continue;
    }
    CHECK(count > 2'750);  // eight standard deviations; a remainder of 256 would give 3,875 to eight of them
    CHECK(count < 3'650);
  }
}

TEST_CASE(
    "entropy: whatever is asked for in between, nothing is handed out twice and nothing beyond what was fetched") {
  Entropy entropy;
  std::set<std::string> ids;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 20'000; ++i) {
    ids.emplace(view(entropy.request_id()));
    numbers.insert(entropy.next());
    std::array<char, 16> nonce;
    if (i % 7 == 0) entropy.nonce(nonce);  // takes any number of bytes
  }
  CHECK(ids.size() == 20'000);
  CHECK(numbers.size() == 20'000);
}

TEST_CASE("entropy: request ids are UUIDv4 in lower case and do not repeat") {
  Entropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i) {
    const RequestId id = entropy.request_id();
    const std::string text(view(id));
    REQUIRE(wonder::is_uuid(text));
    CHECK(text[14] == '4');
    CHECK(std::string_view("89ab").find(text[19]) != std::string_view::npos);
    CHECK(text.find_first_of("ABCDEF") == std::string::npos);
    seen.insert(text);
  }
  CHECK(seen.size() == 2'000);
  std::uint64_t ones = 0;
  std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t value = entropy.next();
    ones |= value;
    all &= value;
  }
  CHECK(ones == std::numeric_limits<std::uint64_t>::max());
  CHECK(all == 0);
}
