// Describes a file that is not a key or certificate in PEM form, and names the command that converts it. The text of
// the file is never repeated, because it may be a secret. Pure. Layer 1.
#pragma once

#include <string>
#include <string_view>

namespace amend::wonder {

/// For the text of a private key that OpenSSL could not read.
std::string describe_wrong_key(std::string_view content);

/// The same for a file of certificates.
std::string describe_wrong_certificate(std::string_view content);

}  // namespace amend::wonder
