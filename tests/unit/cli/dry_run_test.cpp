#include "cli/command/dry_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "unit/cli/holds.hpp"

namespace cli = amend::cli;

namespace {

class TextInput final : public amend::ByteInput {
 public:
  explicit TextInput(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t size = std::min(buffer.size(), text_.size() - at_);
    std::copy_n(text_.data() + at_, size, buffer.data());
    at_ += size;
    return size;
  }
  bool ready() override { return true; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

constexpr char two_rows[] =
    "id,name,phone,email,default_payment_token\n"
    "0f8fad5b-d9cb-469f-a165-70867728950e,Ada Lovelace,91234567,ada@example.com,7c9e6679-7425-40de-944b-e07fc1f90ae7\n"
    "not-a-uuid,Grace Hopper,98765432,grace@example.com,\n";

amend::Config config_for(amend::Auth auth) {
  amend::Config config;
  config.version = "9.9.9";
  config.target.url = "https://gateway-stg.wonder.today/prefix";
  config.auth.kind = auth;
  config.input.file = "customers.csv";
  return config;
}

std::string dry(const amend::Config& config, const amend::Credentials& credentials, const char* input = two_rows) {
  const auto source = amend::make_source(std::make_unique<TextInput>(input), config.input);
  return cli::dry_run_text(config, credentials, *source);
}

}  // namespace

TEST_CASE("dry run: the request is shown, personal data and secrets are not") {
  amend::Credentials credentials;
  credentials.bearer_token = "hunter2-token";
  credentials.secret_header_lines = "X-Api-Key: hunter2-key\r\n";
  credentials.header_lines = "X-Shop: Kowloon\r\n";
  const std::string text = dry(config_for(amend::Auth::bearer), credentials);
  CAPTURE(text);
  for (const char* part :
       {"--- row 1, line 2, byte ",
        "PUT /prefix/svc/payment/api/v1/openapi/customers/0f8fad5b-d9cb-469f-a165-70867728950e HTTP/1.1\n",
        "Host: gateway-stg.wonder.today\n", "User-Agent: amend/9.9.9\n", "Authorization: ***\n", "X-Api-Key: ***\n",
        "X-Shop: Kowloon\n", "\"name\":\"A***\"", "\"phone\":\"9***\"", "\"email\":\"a***\"",
        "\"default_payment_token\":\"***\""}) {
    CAPTURE(part);
    CHECK(holds(text, part));
  }
  for (const char* secret : {"Lovelace", "91234567", "ada@", "7c9e6679", "hunter2", "Hopper", "98765432", "grace@"}) {
    CAPTURE(secret);
    CHECK_FALSE(holds(text, secret));
  }
}

TEST_CASE("dry run: a row that would be rejected is shown with its place and the reason") {
  const std::string text = dry(config_for(amend::Auth::none), amend::Credentials());
  CHECK(holds(text, "--- row 2, line 3, byte "));
  CHECK(holds(text, "would be rejected, input.id.not_uuid: "));
}

TEST_CASE("dry run: the AppID of a signature is kept, its nonce and signature are not") {
  const std::string lines =
      "Credential: 0f8fad5b-d9cb-469f-a165-70867728950e/20261123120000/Wonder-RSA-SHA256\r\n"
      "Nonce: abcdefghijklmnop\r\nSignature: c2VjcmV0\r\nX-Open: 1\r\nX-Secret: 1\r\n";
  CHECK(cli::mask_headers(lines, "X-Open: 1\r\n") ==
        "Credential: 0f8fad5b-d9cb-469f-a165-70867728950e/20261123120000/Wonder-RSA-SHA256\r\n"
        "Nonce: ***\r\nSignature: ***\r\nX-Open: 1\r\nX-Secret: ***\r\n");
  CHECK(cli::mask_headers("Key: 1\r\n", "X-Key: 1\r\n") == "Key: ***\r\n");
}

TEST_CASE("dry run: a value is cut at a whole character, blanks and nulls are shown as they are") {
  CHECK(cli::mask_body(R"({"name":"陳大文","email":"","phone":null,"dial_code":"\"x"})") ==
        R"({"name":"陳***","email":"","phone":null,"dial_code":"\"***"})");
  CHECK(cli::mask_body("not json at all") == "***");
}
