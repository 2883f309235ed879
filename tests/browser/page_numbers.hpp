// The numbers of a page of a run, as a browser shows them, beside those of its summary.json.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "web_driver.hpp"

namespace test {

/// What differs between the page that is open and the summary; empty is well. Of each row status, of the requests and
/// of the percentiles: that it is there once, that its `data-value` is the summary's, and that the text that a person
/// reads says the same.
std::vector<std::string> differences(Browser& browser, const boost::json::object& summary);

}  // namespace test
