// The numbers of a page of a run, as a browser shows them, beside those of its summary.json.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "web_driver.hpp"

namespace test {

/// The differences between the open page and the summary; empty: they agree. For each row status, the requests and the
/// percentiles, it checks three things. The number is there one time, its `data-value` is the summary's, and its
/// visible text is the same.
std::vector<std::string> differences(Browser& browser, const boost::json::object& summary);

}  // namespace test
