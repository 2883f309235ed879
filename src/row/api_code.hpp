// The meaning of each code of the API, for `explain` and the report. Layer 0.
#pragma once

#include "amend/error.hpp"

namespace amend {

inline constexpr OwnCode api_code{
    "", "This is a code of the API, not of amend.",
    "Read the API's message (`error` in results.ndjson). If you need help, give Wonder's support the `request_id`."};

}  // namespace amend
