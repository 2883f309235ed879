// The paths in a run.json, and how their bytes are kept. Layer 1, pure.
//
// A path is a JSON text. When it is not UTF-8, the text is what utf8() makes of it, and its bytes are in the member
// `<name>_bytes` beside it, with two hexadecimal digits for each byte.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "amend/run/summary.hpp"

namespace amend {

inline constexpr std::string_view path_bytes_suffix = "_bytes";

/// Calls `show(place, name, path)` for each path. `place`: the object that contains the member, "" for the whole file
/// and "options.target" for an inner object.
template <class Show>
void for_each_path(RunRecord& record, Show show) {
  Config& config = record.config;
  show("", "parent", record.parent);
  show("input", "path", record.input.path);
  show("options.target", "ca_file", config.target.ca_file);
  show("options.target", "client_cert", config.target.client_cert);
  show("options.target", "client_key", config.target.client_key);
  show("options.auth", "private_key_file", config.auth.private_key_file);
  show("options.auth", "bearer_file", config.auth.bearer_file);
  show("options.auth", "header_file", config.auth.header_file);
  show("options.input", "file", config.input.file);
  show("options.reconcile", "baseline", config.reconcile.baseline);
  show("options.reconcile", "of_run", config.reconcile.of_run);
  show("options", "run_directory", config.run_directory);
}

/// The object at `place`. Null: the file has no such object.
boost::json::object* object_at(boost::json::object& run, std::string_view place);

/// The bytes of a path. nullopt: the path is UTF-8, so it has no such member.
std::optional<std::string> path_bytes_in(const boost::json::object& object, std::string_view name);

}  // namespace amend
