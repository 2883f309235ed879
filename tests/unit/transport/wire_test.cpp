#include "transport/wire.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>

#include <algorithm>
#include <memory>
#include <string_view>

using namespace amend;

namespace {

void receive(Wire& wire, std::string_view bytes) {
  std::ranges::copy(bytes, wire.room().begin());
  wire.received(bytes.size());
}

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

}  // namespace

TEST_CASE("wire: what came is read in the pieces that are asked for, and then more has to come") {
  Wire wire(16);
  const std::unique_ptr<BIO, FreeBio> bio(wire.make_bio());
  char piece[16];
  CHECK(BIO_read(bio.get(), piece, sizeof piece) == -1);
  CHECK(BIO_should_retry(bio.get()));
  CHECK(BIO_should_read(bio.get()));
  for (const std::string_view bytes : {"0123456789", "abc"}) {
    receive(wire, bytes);
    REQUIRE(BIO_read(bio.get(), piece, 2) == 2);
    CHECK(std::string_view(piece, 2) == bytes.substr(0, 2));
    REQUIRE(BIO_read(bio.get(), piece, sizeof piece) == static_cast<int>(bytes.size()) - 2);
    CHECK(std::string_view(piece, bytes.size() - 2) == bytes.substr(2));
    CHECK(BIO_read(bio.get(), piece, sizeof piece) == -1);
    CHECK(BIO_should_retry(bio.get()));
  }
}

TEST_CASE("wire: what is written goes behind what has not been sent yet, whatever its size") {
  Wire wire(0);
  const std::unique_ptr<BIO, FreeBio> bio(wire.make_bio());
  const std::string much(100'000, 'x');
  CHECK(BIO_write(bio.get(), "head ", 5) == 5);
  CHECK(BIO_write(bio.get(), much.data(), static_cast<int>(much.size())) == static_cast<int>(much.size()));
  CHECK(BIO_flush(bio.get()) == 1);
  CHECK(wire.out() == "head " + much);
}
