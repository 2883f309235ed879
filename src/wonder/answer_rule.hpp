// The full rule of what an answer means: nothing is quicker than it is right. Layer 1, pure.
#pragma once

#include <string>

#include "amend/row/response.hpp"
#include "amend/wonder/answer.hpp"
#include "answer_reader.hpp"

namespace amend::wonder {

/// As in amend/wonder/gateway_response.hpp, for a body that `reader` has read.
std::string describe_gateway_response(const Response& response, const AnswerReader& reader);

/// What AnswerJudge::judge says, whatever way it came to it.
Judgement judge_by_rule(AnswerReader& reader, const Response& response, const Expectation& expected);

}  // namespace amend::wonder
