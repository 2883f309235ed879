// A system without random numbers: then nothing can be signed.
#pragma once

#include <openssl/rand.h>

namespace test {

// There is no other way to make OpenSSL fail.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/// For as long as it lives, in the whole process.
class NoRandomNumbers {
 public:
  NoRandomNumbers() : before_(RAND_get_rand_method()) {
    method_.bytes = [](unsigned char*, int) { return 0; };
    RAND_set_rand_method(&method_);
  }
  ~NoRandomNumbers() { RAND_set_rand_method(before_); }
  NoRandomNumbers(const NoRandomNumbers&) = delete;
  NoRandomNumbers& operator=(const NoRandomNumbers&) = delete;

 private:
  const RAND_METHOD* before_;
  RAND_METHOD method_{};
};

#pragma GCC diagnostic pop

}  // namespace test
