// Where the control socket of a run is: the socket `control` in its directory. Layer 5.
#pragma once

#include <sys/un.h>

#include <string>

namespace amend::cli {

inline constexpr const char* control_name = "control";
/// Its name until it takes requests.
inline constexpr const char* new_control_name = "control.new";

/// Holds the run directory open and names the socket through /proc/self/fd, for the path of a run directory may be
/// longer than a socket's address can be. Throws std::system_error when there is no such directory.
class ControlAddress {
 public:
  explicit ControlAddress(const std::string& run_directory);
  ~ControlAddress();
  ControlAddress(const ControlAddress&) = delete;
  ControlAddress& operator=(const ControlAddress&) = delete;

  /// For openat and its like.
  int directory() const noexcept { return directory_; }
  /// Of one of the two names, for bind and connect, while this lives.
  sockaddr_un value(const char* name) const;

 private:
  int directory_;
};

}  // namespace amend::cli
