#include "request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace amend::sim {
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::uint32_t header_bytes_max = 32 * 1024;

// Outlives the parser, which Beast needs new for each request. So the strings keep their memory.
class Parts {
 public:
  Parts() = default;
  std::string method, target, body, credential, nonce, signature, request_id, content_type;

  void clear() {
    for (std::string* part : {&method, &target, &body, &credential, &nonce, &signature, &request_id, &content_type}) {
      part->clear();
    }
  }
};

// Keeps the few fields that matter instead of building a `fields` container.
class Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(Parts& parts) : parts_(parts) { parts_.clear(); }

 private:
  void on_request_impl(http::verb, beast::string_view method_text, beast::string_view target_text, int,
                       beast::error_code& error) override {
    error = {};
    parts_.method.assign(method_text.data(), method_text.size());
    parts_.target.assign(target_text.data(), target_text.size());
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code& error) override { error = {}; }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     beast::error_code& error) override {
    error = {};
    std::string* slot = nullptr;
    if (field == http::field::content_type)
      slot = &parts_.content_type;
    else if (field != http::field::unknown)
      return;
    else if (beast::iequals(name, "Credential"))
      slot = &parts_.credential;
    else if (beast::iequals(name, "Nonce"))
      slot = &parts_.nonce;
    else if (beast::iequals(name, "Signature"))
      slot = &parts_.signature;
    else if (beast::iequals(name, "X-Request-ID"))
      slot = &parts_.request_id;
    if (slot != nullptr) slot->assign(value.data(), value.size());
  }
  void on_header_impl(beast::error_code& error) override { error = {}; }
  void on_body_init_impl(boost::optional<std::uint64_t> const& size, beast::error_code& error) override {
    error = {};
    if (size) parts_.body.reserve(static_cast<std::size_t>(*size));
  }
  std::size_t on_body_impl(beast::string_view bytes, beast::error_code& error) override {
    error = {};
    parts_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(beast::error_code& error) override { error = {}; }

  Parts& parts_;
};

std::uint16_t status_for(const beast::error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  return 400;
}

}  // namespace

class RequestReader::Impl {
 public:
  explicit Impl(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  Result read(std::string_view bytes, std::size_t& consumed) {
    consumed = 0;
    if (!parser_ || parser_->is_done()) start();
    while (consumed < bytes.size()) {
      beast::error_code error;
      consumed += parser_->put(boost::asio::buffer(bytes.data() + consumed, bytes.size() - consumed), error);
      if (error == http::error::need_more) return Result::need_more;
      if (error) return fail(error);
      if (parser_->is_done()) return finish();
    }
    return Result::need_more;
  }

  ApiRequest request;
  std::uint16_t status = 400;

 private:
  void start() {
    parser_.emplace(parts_);
    parser_->eager(true);
    parser_->body_limit(body_bytes_max_);
    parser_->header_limit(header_bytes_max);
  }
  Result fail(const beast::error_code& error) {
    status = status_for(error);
    return Result::bad;
  }
  Result finish() {
    request.method = parts_.method;
    request.target = parts_.target;
    request.body = parts_.body;
    request.credential = parts_.credential;
    request.nonce = parts_.nonce;
    request.signature = parts_.signature;
    request.request_id = parts_.request_id;
    request.content_type = parts_.content_type;
    request.keep_alive = parser_->keep_alive();
    return Result::request;
  }

  std::size_t body_bytes_max_;
  Parts parts_;
  std::optional<Parser> parser_;
};

RequestReader::RequestReader(std::size_t body_bytes_max) : impl_(std::make_unique<Impl>(body_bytes_max)) {}
RequestReader::~RequestReader() = default;
RequestReader::Result RequestReader::read(std::string_view bytes, std::size_t& consumed) {
  return impl_->read(bytes, consumed);
}
const ApiRequest& RequestReader::request() const noexcept { return impl_->request; }
std::uint16_t RequestReader::status() const noexcept { return impl_->status; }

}  // namespace amend::sim
