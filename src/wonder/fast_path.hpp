// Recognises the usual response, a plain success, more than twice as fast as the full rule (response_rule.hpp). Pure.
// Layer 1.
//
// What it accepts is also a success without warning by the full rule: it checks that the whole body is JSON. It leaves
// all other bodies to the full rule. Those are refusals, warnings, arrays, escapes, line breaks, long or fractional
// numbers, repeated members, and bodies that are short or deep.
#pragma once

#include <string_view>

#include "wonder/response_classifier.hpp"

namespace amend::wonder {

/// Returns true when a 2xx other than 204 with this body is a plain success. false means that the full rule must
/// decide.
bool is_plain_success(std::string_view body, const Expectation& expected) noexcept;

}  // namespace amend::wonder
