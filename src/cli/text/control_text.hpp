// The state of an active run as text for the operator. Pure. Layer 5.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

namespace amend::cli {

/// The rows that this process has sent for the first time, by the members of to_json(RunState). Rows from before a
/// resume do not count.
std::uint64_t rows_begun(const boost::json::object& state);

/// These rows per second since the start; 0: unknown.
double average_rate(const boost::json::object& state);

/// Several lines, each with a line end, from the members of to_json(RunState). Missing members are omitted or 0.
/// `rows_per_second` gives the remaining time. Control characters of foreign text are escaped.
std::string state_text(const boost::json::object& state, double rows_per_second);

/// One line for the response to any request except status: "paused", "rate 50/s", "8 connections", ….
std::string done_text(const boost::json::object& response);

}  // namespace amend::cli
