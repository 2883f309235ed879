// The names of the file system in a run.json: which they are, and how their bytes are kept. Layer 1.
//
// A name is a JSON text as any other. One that is not UTF-8 is shown there as utf8() has it, and its bytes are in the
// member `<name>_bytes` beside it, two hexadecimal digits for each.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reporter/summary.hpp"

namespace amend {

inline constexpr std::string_view path_bytes_suffix = "_bytes";

/// Calls `show(place, name, path)` for each: `place` is the object that contains the member, "" for the whole file and
/// "options.target" for one inside another.
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

/// The object at `place`; null: there is none.
boost::json::object* object_at(boost::json::object& run, std::string_view place);

/// The bytes of a name that is not UTF-8, when they are beside it.
std::optional<std::string> path_bytes_in(const boost::json::object& object, std::string_view name);

}  // namespace amend
