// The full rule for the meaning of a response. It is the reference for every faster reader. Pure. Layer 1.
#pragma once

#include <string>

#include "response_reader.hpp"
#include "row/response.hpp"
#include "wonder/response_classifier.hpp"

namespace amend::wonder {

/// As in wonder/gateway_response.hpp, for a body that `reader` has read.
std::string describe_gateway_response(const Response& response, const ResponseReader& reader);

/// The result of ResponseClassifier::judge, whichever reader found it.
Classification classify_by_rule(ResponseReader& reader, const Response& response, const Expectation& expected);

}  // namespace amend::wonder
