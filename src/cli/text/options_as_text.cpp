#include "cli/text/options_as_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "amend/error.hpp"
#include "row/shell_path.hpp"

namespace amend::cli {
namespace {

template <class Enum, std::size_t count>
std::string_view spelled(Enum value, const Spellings<Enum, count>& spellings) {
  return std::ranges::find(spellings, value, &std::pair<std::string_view, Enum>::second)->first;
}

std::string flag_text(std::string_view name, bool set) { return set ? fmt::format(" --{}", name) : std::string(); }

// A URL with user information would print a secret.
std::string url_option_text(std::string_view name, std::string_view url) {
  return url.find('@') == std::string_view::npos ? option_text(name, url) : std::string();
}

std::string delimiter_text(char delimiter) { return delimiter == '\t' ? "tab" : std::string(1, delimiter); }

}  // namespace

std::string option_text(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return fmt::format(" --{}{}{}", name, value.starts_with('-') ? "=" : " ", shell_quoted(value));
}

std::string path_option_text(std::string_view name, std::string_view path) {
  return path.empty() ? std::string() : fmt::format(" --{} {}", name, shell_path(path));
}

std::string connection_options(const Config& config) {
  const TargetConfig& target = config.target;
  const AuthConfig& auth = config.auth;
  std::string out = url_option_text("url", target.url);
  if (auth.kind != Auth::wonder) out += option_text("auth", spelled(auth.kind, auth_spellings));
  if (auth.kind == Auth::wonder) out += option_text("app-id", auth.app_id);
  if (auth.kind == Auth::wonder) out += path_option_text("private-key", auth.private_key_file);
  if (auth.kind == Auth::bearer) out += path_option_text("bearer-file", auth.bearer_file);
  out += path_option_text("header-file", auth.header_file);
  out += path_option_text("ca-file", target.ca_file);
  out += path_option_text("client-cert", target.client_cert);
  out += path_option_text("client-key", target.client_key);
  out += url_option_text("proxy", target.proxy);
  return out + flag_text("ipv4", target.ipv4_only) + flag_text("allow-http", target.allow_plain_http);
}

std::string input_options(const InputConfig& input) {
  std::string out;
  if (input.format != Format::automatic) out += option_text("format", spelled(input.format, format_spellings));
  if (input.delimiter) out += option_text("delimiter", delimiter_text(*input.delimiter));
  return out + option_text("encoding", input.encoding) + flag_text("recover", input.recover);
}

std::string mapping_options(const MappingConfig& mapping) {
  std::string out;
  for (const auto& [field, column] : mapping.columns) out += option_text("map", field + "=" + column);
  out += option_text("id-column", mapping.id_column);
  out += option_text("reference-column", mapping.reference_column);
  for (const auto& [field, blank] : mapping.blanks)
    out += option_text("blank", field + "=" + std::string(spelled(blank, blank_spellings)));
  for (const std::string& text : mapping.null_texts) out += option_text("null-text", text);
  out += flag_text("strip-formula", mapping.strip_formula);
  out += flag_text("trim", mapping.trim) + flag_text("split-phone", mapping.split_phone);
  if (!mapping.guard_column.empty()) out += option_text("guard", "reference_number=" + mapping.guard_column);
  return out;
}

std::string reconcile_options(const ReconcileConfig& reconcile) {
  std::string out;
  if (reconcile.look_up != LookUp::automatic)
    out += option_text("look-up", spelled(reconcile.look_up, look_up_spellings));
  if (reconcile.company_name != CompanyName::never)
    out += option_text("company-name", spelled(reconcile.company_name, company_name_spellings));
  for (const std::string& field : reconcile.ignore_case) out += option_text("ignore-case", field);
  out += flag_text("ignore-space", reconcile.ignore_space) + flag_text("show-missing", reconcile.show_missing);
  return out + path_option_text("baseline", reconcile.baseline) +
         flag_text("recheck", reconcile.recheck == Recheck::yes);
}

std::string header_names(const AuthConfig& auth) {
  std::string out;
  for (const std::string& header : auth.headers)
    out += (out.empty() ? "--header " : ", --header ") + printable(header.substr(0, header.find(':')), 60);
  return out;
}

}  // namespace amend::cli
