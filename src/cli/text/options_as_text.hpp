// The options that make a configuration, so that amend can print commands for the operator to type. Pure. Layer 5.
//
// Each function returns options such as " --a 1 --b", quoted for a shell, and leaves out the defaults. The texts name
// files and the AppID. They contain no secret: no user information of a URL and no value of --header.
#pragma once

#include <string>
#include <string_view>

#include "amend/config.hpp"

namespace amend::cli {

/// " --name value", or " --name=value" when the value begins with '-'. Empty for an empty value.
std::string option_text(std::string_view name, std::string_view value);
/// The same for a path.
std::string path_option_text(std::string_view name, std::string_view path);

/// The address of the API, and the files with the credentials.
std::string connection_options(const Config& config);
/// Format, delimiter and encoding of the input.
std::string input_options(const InputConfig& input);
/// The columns of the fields, and the changes to values.
std::string mapping_options(const MappingConfig& mapping);
/// The rules by which reconcile compares.
std::string reconcile_options(const ReconcileConfig& reconcile);

/// The names of the headers, whose values a printed command does not contain: "--header X-Tenant". Empty: none.
std::string header_names(const AuthConfig& auth);

}  // namespace amend::cli
