// The encrypted bytes between OpenSSL and a socket. OpenSSL takes what came straight from the buffer that the socket
// filled, and puts what is to go straight behind what goes with it: a memory BIO would copy and clear each byte once
// more.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

struct bio_st;

namespace amend {

/// One for each TLS connection, on its thread. Must outlive its BIO, and stays where it is.
class Wire {
 public:
  explicit Wire(std::size_t read_bytes) : in_(read_bytes) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Where the socket puts what came. Only when OpenSSL has asked for more than there was: else it is lost.
  std::span<char> room() noexcept { return in_; }
  void received(std::size_t bytes) noexcept;

  /// To be sent; take away what was.
  std::string& out() noexcept { return out_; }

  /// For OpenSSL, both ways; the caller owns it. Reading with nothing there asks for a retry, writing takes everything.
  bio_st* make_bio();

  std::size_t read(char* to, std::size_t bytes_max) noexcept;

 private:
  std::vector<char> in_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
};

}  // namespace amend
