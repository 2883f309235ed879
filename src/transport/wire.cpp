#include "wire.hpp"

#include <openssl/bio.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <new>

namespace amend {
namespace {

Wire& wire_of(BIO* bio) noexcept { return *static_cast<Wire*>(BIO_get_data(bio)); }

int read_wire(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const std::size_t n = wire_of(bio).read(to, static_cast<std::size_t>(std::max(size, 0)));
  if (n > 0) return static_cast<int>(n);
  BIO_set_retry_read(bio);
  return -1;
}

// No exception may pass through OpenSSL.
int write_wire(BIO* bio, const char* bytes, int size) noexcept {
  BIO_clear_retry_flags(bio);
  wire_of(bio).out().append(bytes, static_cast<std::size_t>(std::max(size, 0)));
  return size;
}

long control_wire(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

struct FreeMethod {
  void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};

BIO_METHOD* make_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
  if (!method) throw std::bad_alloc();
  BIO_meth_set_read(method, read_wire);
  BIO_meth_set_write(method, write_wire);
  BIO_meth_set_ctrl(method, control_wire);
  return method;
}

}  // namespace

void Wire::received(std::size_t bytes) noexcept {
  assert(begin_ == end_ && bytes <= in_.size());
  begin_ = 0;
  end_ = bytes;
}

std::size_t Wire::read(char* to, std::size_t bytes_max) noexcept {
  const std::size_t n = std::min(bytes_max, end_ - begin_);
  std::memcpy(to, in_.data() + begin_, n);
  begin_ += n;
  return n;
}

BIO* Wire::make_bio() {
  static const std::unique_ptr<BIO_METHOD, FreeMethod> method(make_method());
  BIO* const bio = BIO_new(method.get());
  if (!bio) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace amend
