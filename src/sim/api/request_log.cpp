#include "request_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "api_handler.hpp"
#include "customer_json.hpp"
#include "row/hexadecimal.hpp"

namespace amend::sim {
namespace {

constexpr std::size_t buffer_bytes_max = 256 * 1024;

std::string_view to_string(Fate fate) noexcept {
  switch (fate) {
    case Fate::written: return "written";
    case Fate::truncated: return "truncated";
    case Fate::dropped: return "dropped";
    case Fate::hung: return "hung";
  }
  return "dropped";
}

void append_next_member(std::string& out, std::string_view key, std::string_view value) {
  out += ",\"";
  out += key;
  out += "\":";
  append_json_string(out, value);
}

}  // namespace

void append_log_line(std::string& out, const LogEntry& entry) {
  const auto at = std::chrono::duration_cast<std::chrono::microseconds>(entry.at.time_since_epoch()).count();
  out +=
      fmt::format(R"({{"ordinal":{},"at_us":{},"connection":{},"n":{})", entry.ordinal, at, entry.connection, entry.n);
  append_next_member(out, "method", entry.method);
  append_next_member(out, "target", entry.target);
  append_next_member(out, "id", customer_id(entry.target));
  append_next_member(out, "body_sha256", entry.body_sha256);
  append_next_member(out, "request_id", entry.request_id);
  out += fmt::format(R"(,"status":{},"applied":{})", entry.status, entry.applied);
  append_next_member(out, "fault", to_string(entry.fault));
  append_next_member(out, "answer", to_string(entry.fate));
  out += "}\n";
}

class BodyHasher::Impl {
 public:
  Impl() : context_(EVP_MD_CTX_new()), digest_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
    if (context_ == nullptr || digest_ == nullptr) throw std::runtime_error("OpenSSL has no SHA-256");
  }
  ~Impl() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(digest_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string hex(std::string_view bytes) {
    std::array<unsigned char, 32> hash{};
    const bool done = EVP_DigestInit_ex2(context_, digest_, nullptr) == 1 &&
                      EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1 &&
                      EVP_DigestFinal_ex(context_, hash.data(), nullptr) == 1;
    if (!done) throw std::runtime_error("SHA-256 failed");
    std::string out;
    out.reserve(2 * hash.size());
    for (const unsigned char byte : hash) append_hex(out, byte);
    return out;
  }

 private:
  EVP_MD_CTX* context_;
  EVP_MD* digest_;
};

BodyHasher::BodyHasher() : impl_(std::make_unique<Impl>()) {}
BodyHasher::~BodyHasher() = default;
std::string BodyHasher::hex(std::string_view bytes) { return impl_->hex(bytes); }

RequestLog::RequestLog(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw std::runtime_error(fmt::format("{}: {}", path_, std::strerror(errno)));
  buffer_.reserve(buffer_bytes_max + 4096);
}

RequestLog::~RequestLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RequestLog::add(const LogEntry& entry) {
  if (!on()) return;
  append_log_line(buffer_, entry);
  if (buffer_.size() >= buffer_bytes_max) flush();
}

void RequestLog::flush() {
  std::string_view rest = buffer_;
  while (on() && !rest.empty()) {
    const auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::runtime_error(fmt::format("{}: {}", path_, std::strerror(errno)));
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

}  // namespace amend::sim
