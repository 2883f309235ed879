// The full rule for the meaning of a response. It is the reference for every faster reader. Pure. Layer 1.
#pragma once

#include <string>

#include "answer_reader.hpp"
#include "row/response.hpp"
#include "wonder/answer.hpp"

namespace amend::wonder {

/// As in wonder/gateway_response.hpp, for a body that `reader` has read.
std::string describe_gateway_response(const Response& response, const AnswerReader& reader);

/// The result of AnswerJudge::judge, whichever reader found it.
Judgement judge_by_rule(AnswerReader& reader, const Response& response, const Expectation& expected);

}  // namespace amend::wonder
