#include "start/changed_options.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "amend/error.hpp"

namespace amend {
namespace {

std::vector<std::string> header_names(const std::vector<std::string>& headers) {
  std::vector<std::string> names;
  for (const std::string& header : headers) names.push_back(header.substr(0, header.find(':')));
  std::ranges::sort(names);
  return names;
}

// The first option whose new value would make other requests than those of the finished rows.
std::optional<std::string> changed_option(const Config& was, const Config& is) {
  if (was.target.url != is.target.url) return "--url";
  if (was.auth.kind != is.auth.kind) return "--auth";
  if (was.auth.app_id != is.auth.app_id) return "--app-id";
  if (header_names(was.auth.headers) != header_names(is.auth.headers)) return "--header";
  if (was.input.file != is.input.file) return "the input file";
  if (was.input.format != is.input.format) return "--format";
  if (was.input.delimiter != is.input.delimiter) return "--delimiter";
  if (was.input.encoding != is.input.encoding) return "--encoding";
  if (was.input.recover != is.input.recover) return "--recover";
  if (was.input.duplicates != is.input.duplicates) return "--duplicates";
  if (was.mapping.columns != is.mapping.columns) return "--map";
  if (was.mapping.id_column != is.mapping.id_column) return "--id-column";
  if (was.mapping.blanks != is.mapping.blanks) return "--blank";
  if (was.mapping.guard_column != is.mapping.guard_column) return "--guard";
  if (was.mapping.trim != is.mapping.trim) return "--trim";
  if (was.mapping.strip_formula != is.mapping.strip_formula) return "--strip-formula";
  if (was.mapping.null_texts != is.mapping.null_texts) return "--null-text";
  if (was.mapping.split_phone != is.mapping.split_phone) return "--split-phone";
  if (was.mapping.reference_column != is.mapping.reference_column) return "--reference-column";
  return std::nullopt;
}

}  // namespace

void refuse_changed_options(const Config& was, const Config& is) {
  if (const auto option = changed_option(was, is))
    throw ConfigError(
        *option +
        " differs from the run: the finished rows were sent with the previous value. Restore that value, or "
        "use --accept-changed-options");
}

}  // namespace amend
