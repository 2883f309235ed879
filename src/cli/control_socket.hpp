// The Unix stream socket `control` in the run directory, through which a person steers a run that goes on. Layer 5; on
// the Console's thread.
//
// Protocol: the client connects and sends one request, a line of at most 256 bytes, its line end included (words as
// parse_control_request takes them); the run answers one line of JSON and closes:
//   pause                 {"ok":true,"paused":true}
//   rate 50/s             {"ok":true,"rate":50,"mode":"fixed"}
//   anything else         {"ok":false,"error":"…"}
// One request a connection; who wants to watch connects again. control_request.hpp has all answers.
//
// Who may: the user whose process the run is, and root (SO_PEERCRED); the socket's mode is 0600.
// Bounds: 8 clients at once, 5 s each; a further one waits until one has left.
//
// A socket that a killed run has left is replaced: whoever runs holds the directory's lock.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "amend/run.hpp"

namespace boost::asio {
class io_context;
}

namespace amend::cli {

/// Whether a process of `peer` may steer a run of `owner`.
constexpr bool may_control(uid_t peer, uid_t owner) noexcept { return peer == owner || peer == 0; }

class ControlSocket {
 public:
  /// `note` is called with what was asked for, once it is done, but for `status`. All three must outlive this, and this
  /// the handlers that close() sets free.
  ControlSocket(boost::asio::io_context& context, Run& run, std::function<void(const std::string&)> note);
  ~ControlSocket();

  /// Makes the socket in this directory and answers from now on. Throws std::system_error; then there is none.
  void open(const std::string& run_directory);

  /// Removes the socket, unless another run has made its own since, and lets all clients go at once.
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
