#include "cli/output.hpp"

#include <cerrno>
#include <cstdio>

#include "amend/reporter/sink.hpp"

namespace amend::cli {
namespace {

int first_error = 0;

}  // namespace

void print(std::string_view text) noexcept {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written && errno != EPIPE && first_error == 0) first_error = errno;
}

void require_all_printed() {
  if (first_error != 0) throw DurabilityError("standard output", "cannot write", first_error);
}

}  // namespace amend::cli
