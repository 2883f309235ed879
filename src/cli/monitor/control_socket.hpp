// The Unix stream socket `control` in the run directory, through which an operator controls an active run.
//
// Protocol: the client connects and sends one request, a line of at most 256 bytes with its line end (words as for
// parse_control_request). The run responds with one line of JSON and closes:
//   pause                 {"ok":true,"paused":true}
//   rate 50/s             {"ok":true,"rate":50,"mode":"fixed"}
//   anything else         {"ok":false,"error":"…"}
// One request per connection; to watch a run, connect again. control_request.hpp has all responses.
//
// Access: the user of the run's process, and root (SO_PEERCRED). The socket's mode is 0600. The socket of a killed run
// is replaced, because the active run has the directory's lock.
//
// Threads: the Console's. Bounds: 8 clients at once, 5 s each; a further one waits until one has left. Source: layer 5.
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

/// Whether a process of user `peer` may control a run of user `owner`.
constexpr bool may_control(uid_t peer, uid_t owner) noexcept { return peer == owner || peer == 0; }

class ControlSocket {
 public:
  /// `note` is called with what was asked for, once it is done, but for `status`. All three must outlive this, and this
  /// the handlers that close() sets free.
  ControlSocket(boost::asio::io_context& context, Run& run, std::function<void(const std::string&)> note);
  ~ControlSocket();

  /// Makes the socket in this directory and accepts requests. Throws std::system_error; then there is no socket.
  void open(const std::string& run_directory);

  /// Removes the socket, unless another run has made its own since. Ends all connections immediately.
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
