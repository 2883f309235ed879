// What trivial-server understands and says: PUTs of the customers API, each answered with the same number of bytes.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

/// The client sent bytes that are not a PUT of a customer, so its connection must end.
class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What was made of the requests at the front of a buffer.
class Answered {
 public:
  std::size_t bytes = 0;  ///< of the buffer, of whole requests
  std::size_t requests = 0;
};

class Answers {
 public:
  Answers();

  /// Appends an answer to `out` for each whole request in `in`. Throws Malformed.
  Answered answer_all(std::string_view in, std::string& out) const;

  /// The JSON body about the customer `id`, as src/wonder/README.md §1 shows it.
  static std::string body(std::string_view id);

 private:
  std::string template_;
  std::size_t id_at_;
};

}  // namespace bench
