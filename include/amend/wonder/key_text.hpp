// What the file is that is no key or certificate in PEM form, and the command that makes one of it. Layer 1, pure. No
// text of the file is repeated: it may be a secret.
#pragma once

#include <string>
#include <string_view>

namespace amend::wonder {

/// For the text of a private key that OpenSSL could not read.
std::string describe_wrong_key(std::string_view content);

/// The same for a file of certificates.
std::string describe_wrong_certificate(std::string_view content);

}  // namespace amend::wonder
