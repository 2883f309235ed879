// The requests that the server received, one NDJSON line per request. Tests compare a run with it.
//
//   {"ordinal":1,"at_us":1700000000000000,"connection":1,"n":1,"method":"PUT","target":"/svc/…","id":"…",
//    "body_sha256":"…","request_id":"…","status":200,"applied":true,"fault":"none","answer":"written"}
//
// `ordinal` counts all requests from 1 in the order in which they were read; `n` counts those of the connection. Lines
// are in the order in which the fates of the responses were known. `status` 0 means that no response was made. `id` is
// that of customers/:id in the path.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api_request.hpp"
#include "sim/faults/fault_plan.hpp"

namespace amend::sim {

/// What happened to the response.
enum class Fate : std::uint8_t {
  written,    ///< passed to the kernel in full
  truncated,  ///< cut on purpose; the rest was never sent
  dropped,    ///< not fully written: reset, the client left, or a closing response came before it
  hung,       ///< never sent
};

class LogEntry {
 public:
  LogEntry() = default;

  std::uint64_t ordinal = 0;
  std::chrono::system_clock::time_point at{};
  std::uint64_t connection = 0;
  std::uint64_t n = 0;
  std::string method;
  std::string target;
  std::string body_sha256;
  std::string request_id;
  std::uint16_t status = 0;
  bool applied = false;
  Fault fault = Fault::none;
  Fate fate = Fate::dropped;
};

void append_log_line(std::string& out, const LogEntry& entry);

/// SHA-256 in lower-case hexadecimal. One thread: it keeps its digest state.
class BodyHasher {
 public:
  BodyHasher();
  ~BodyHasher();
  std::string hex(std::string_view bytes);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Appends to a file through a buffer of 256 KiB. After `flush`, all entries are in the file. Throws
/// std::runtime_error, which names the file, when it cannot be written.
class RequestLog {
 public:
  /// An empty path makes a log that drops all entries.
  explicit RequestLog(std::string path);
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  bool on() const noexcept { return descriptor_ >= 0; }
  void add(const LogEntry& entry);
  void flush();

 private:
  std::string path_;
  std::string buffer_;
  int descriptor_ = -1;
};

}  // namespace amend::sim
