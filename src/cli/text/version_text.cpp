#include "cli/text/version_text.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/version.hpp>
#include <string>

#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "cli/version.hpp"

namespace amend::cli {
namespace {

std::string compiler() {
#ifdef __clang__
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string boost_version() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100);
}

std::string fmt_version() {
  return fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

// A shared OpenSSL may be newer than at build time, so ask the library itself.
std::string openssl_version() { return ::OpenSSL_version(OPENSSL_VERSION_STRING); }

std::string text() {
  const std::string openssl = openssl_version() == OPENSSL_FULL_VERSION_STR
                                  ? openssl_version()
                                  : fmt::format("{} (built with {})", openssl_version(), OPENSSL_FULL_VERSION_STR);
  return fmt::format("amend {}\n", program_version) + line("commit", program_commit) + line("compiler", compiler()) +
         line("Boost", boost_version()) + line("OpenSSL", openssl) + line("fmt", fmt_version());
}

std::string json_text() {
  const boost::json::object out{{"version", program_version},   {"commit", program_commit},
                                {"compiler", compiler()},       {"boost", boost_version()},
                                {"openssl", openssl_version()}, {"openssl_built_with", OPENSSL_FULL_VERSION_STR},
                                {"fmt", fmt_version()}};
  return boost::json::serialize(out) + "\n";
}

}  // namespace

ExitCode run_version(const Options& options) {
  print(options.json ? json_text() : text());
  return ExitCode::success;
}

}  // namespace amend::cli
