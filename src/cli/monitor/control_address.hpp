// The address of a run's control socket: the socket `control` in its directory. Layer 5.
#pragma once

#include <sys/un.h>

#include <string>

namespace amend::cli {

inline constexpr const char* control_name = "control";
/// Its name until it accepts requests.
inline constexpr const char* new_control_name = "control.new";

/// Opens the run directory and names the socket through /proc/self/fd, because the path of a run directory may be
/// longer than a socket's address allows. Throws std::system_error when there is no such directory.
class ControlAddress {
 public:
  explicit ControlAddress(const std::string& run_directory);
  ~ControlAddress();
  ControlAddress(const ControlAddress&) = delete;
  ControlAddress& operator=(const ControlAddress&) = delete;

  /// The descriptor for openat and similar calls.
  int directory() const noexcept { return directory_; }
  /// The address of one of the two names, for bind and connect. Valid while this object lives.
  sockaddr_un value(const char* name) const;

 private:
  int directory_;
};

}  // namespace amend::cli
