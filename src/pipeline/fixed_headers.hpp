// The header lines that every request of this program carries.
#pragma once

#include <string>

namespace amend {

inline std::string fixed_headers(const std::string& version) {
  return "User-Agent: amend/" + version + "\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
}

}  // namespace amend
