// Recognises the everyday answer, a plain success, at a glance: more than twice as fast as reading it by the full rule
// (answer_rule.hpp). Layer 1, pure.
//
// What it takes for a success is one by the full rule, without a warning: the whole body is checked to be JSON all the
// same. Of everything else it says nothing, and the full rule decides: refusals, warnings, arrays, escapes, line
// breaks, numbers that are no short whole ones, members that come twice, bodies that are short or deep.
#pragma once

#include <string_view>

#include "amend/wonder/answer.hpp"

namespace amend::wonder {

/// True: a 2xx other than 204 with this body is a plain success. False: unsure.
bool is_plain_success(std::string_view body, const Expectation& expected) noexcept;

}  // namespace amend::wonder
