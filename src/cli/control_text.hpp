// What a run that goes on says of itself, for people. Pure. Layer 5.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

namespace amend::cli {

/// Rows that this process has sent a first time, by the members of to_json(RunState): those that were done before the
/// run was resumed are not among them.
std::uint64_t rows_begun(const boost::json::object& state);

/// Of these so many a second since it started; 0: not known.
double average_rate(const boost::json::object& state);

/// Several lines, each ending in a line end, of the members of to_json(RunState); what is not there is left out or 0.
/// `rows_per_second`: for the time that is left. Control characters of foreign text are escaped.
std::string state_text(const boost::json::object& state, double rows_per_second);

/// One line for the answer to any other request than status: "paused", "pace 50/s", "8 connections", …
std::string done_text(const boost::json::object& answer);

}  // namespace amend::cli
