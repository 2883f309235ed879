// A configuration as the options that give it, to print commands that work as they are printed. Pure. Layer 5.
//
// Each function returns " --a 1 --b", quoted for a shell, without what is the default. They name files and the AppID,
// never a secret: user information in a URL and the values of --header are left out.
#pragma once

#include <string>
#include <string_view>

#include "amend/config.hpp"

namespace amend::cli {

/// " --name value"; "--name=value" where the value begins with '-'. Empty for an empty value.
std::string option_text(std::string_view name, std::string_view value);
/// The same for a value that is a path.
std::string path_option_text(std::string_view name, std::string_view path);

/// Where the API is and with which credentials.
std::string connection_options(const Config& config);
/// What the input is: format, delimiter, encoding.
std::string input_options(const InputConfig& input);
/// Which column is which field, and what is done to values.
std::string mapping_options(const MappingConfig& mapping);
/// How a reconciliation compares.
std::string reconcile_options(const ReconcileConfig& reconcile);

/// "--header X-Tenant": the names of headers whose values a command does not show; empty: there are none.
std::string header_names(const AuthConfig& auth);

}  // namespace amend::cli
