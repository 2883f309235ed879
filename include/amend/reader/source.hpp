// SEAM: delivers the rows of the input.
//
// `open_source` reads a file or stdin; `make_source` reads other bytes, for tests and for programs that use the
// library. Both read CSV (csv_parser.hpp) and NDJSON (ndjson.hpp). The classes are private, in src/reader.
//
// Threads: the reader thread; may block. Source: layer 2.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/row/position.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// How the encoding of the bytes was determined.
enum class EncodingBasis : std::uint8_t {
  assumed,  ///< UTF-8, by default
  marked,   ///< by a byte order mark, or by a NUL in every other of the first bytes
  named,    ///< by --encoding
};

/// The number of bytes that were read from the start of a file, and their hash (XXH3, 64 bits).
class ContentRead {
 public:
  ContentRead(std::uint64_t bytes_, std::uint64_t hash_) noexcept : bytes(bytes_), hash(hash_) {}
  bool operator==(const ContentRead&) const = default;

  std::uint64_t bytes;
  std::uint64_t hash;
};

/// Reads the first `bytes` of the file `path`, or fewer when it is shorter. nullopt: it cannot be read.
std::optional<ContentRead> read_content(const std::string& path, std::uint64_t bytes);

class Source {
 public:
  virtual ~Source() = default;

  /// Sets `record` to the next row, good or faulty (`Record::fault`). Returns false at the end, or after
  /// InputConfig::limit rows. Blocks until the row's line is complete, and no longer.
  ///
  /// Errors: throws InputError when reading fails, or when a regular file changed since reading began. So all rows are
  /// of one version of the file.
  /// Bounds: a good row costs no allocation in the steady state.
  virtual bool next(Record& record) = 0;

  /// Whether next() would return without blocking: with a complete row, or with the end. Reads the available bytes.
  /// Throws as next() does.
  virtual bool ready() = 0;

  /// Waits at most `timeout` for input, then returns ready(). It may return false early: call it again.
  virtual bool wait(std::chrono::milliseconds timeout) = 0;

  /// CSV: the names of the columns, without surrounding spaces. NDJSON and an empty file: empty.
  virtual const std::vector<std::string>& header() const = 0;

  /// CSV: the header as RFC 4180 text, separated by commas, without a line end. The input's own delimiter does not
  /// matter.
  virtual std::string_view header_text() const = 0;

  /// csv or ndjson, never automatic.
  virtual Format format() const = 0;

  /// CSV: the delimiter, given or detected.
  virtual char delimiter() const = 0;

  /// The name for messages: "UTF-8", "UTF-16LE", or the name given.
  virtual const std::string& encoding() const = 0;
  virtual EncodingBasis encoding_basis() const = 0;

  /// Whether the named encoding() is wrong: some bytes read so far are beyond ASCII, and all of those are UTF-8.
  virtual bool is_utf8_after_all() const = 0;

  /// The position after the last row returned; after ready() it may be a little further. `byte` counts bytes of the
  /// text as UTF-8: the file offset when that is its encoding. `line` is the physical line in every encoding.
  virtual Position position() const = 0;

  /// How many of the bytes_total() were read: bytes of the input itself, whatever its encoding.
  virtual std::uint64_t bytes_read() const = 0;

  /// The size of the input in bytes; 0: not known (stdin, a pipe).
  virtual std::uint64_t bytes_total() const = 0;

  /// The content of a regular file, as far as it was read. nullopt: the input is of another kind.
  virtual std::optional<ContentRead> content_read() const { return std::nullopt; }
};

/// Delivers the bytes of a Source.
class ByteInput {
 public:
  virtual ~ByteInput() = default;

  /// Blocks until it can read at least one byte. Returns 0 at the end. Throws InputError.
  virtual std::size_t read(std::span<char> buffer) = 0;

  /// Whether read() would return without blocking.
  virtual bool ready() = 0;

  /// Waits at most `timeout` for that. An input that cannot wait returns ready() immediately.
  virtual bool wait(std::chrono::milliseconds /*timeout*/) { return ready(); }

  /// The size in bytes; 0: not known.
  virtual std::uint64_t bytes_total() const { return 0; }

  /// How many bytes were read below this input, when read() returns others (another encoding). Otherwise nullopt.
  virtual std::optional<std::uint64_t> raw_bytes_read() const { return std::nullopt; }

  /// Whether the bytes below this input contradict the named encoding: some are beyond ASCII, and all of those are
  /// UTF-8.
  virtual bool is_utf8_after_all() const { return false; }

  /// As Source::content_read().
  virtual std::optional<ContentRead> content_read() const { return std::nullopt; }
};

/// Opens `config.file`, or stdin for "-", and reads the header of a CSV. An empty file has no header and no rows, and
/// is valid.
/// - Format::automatic: the file name's ending decides (.csv, .tsv, .ndjson, .jsonl, .json). Otherwise the first byte
///   that is not blank decides: '{' means NDJSON.
/// - Encoding, when not given: UTF-8. A byte order mark, or a NUL in every other of the first four bytes, means UTF-16.
///   The mark is dropped. A mark that contradicts --encoding is a ConfigError.
/// - Delimiter, when not given: the one that a `sep=` line names. Such a line is always skipped. Otherwise TAB for a
///   .tsv with a TAB in its header. Otherwise the one of , ; TAB | that is most frequent in the header outside quotes.
/// - A CSV that amend wrote has a column amend_line and commas, whatever the options say. Its byte order mark wins over
///   --encoding. Its rows may exceed the limits by what amend added.
/// - A CSV may be several files, concatenated: a line that repeats the header is skipped, also after a byte order mark.
///   Its `amend_` columns may differ.
///
/// Errors: throws ConfigError. ExitCode::input: the file cannot be opened, or is a directory. ExitCode::usage: the
/// encoding is unknown, or the header is faulty CSV, has an empty name, or has a name twice (`amend_` columns may
/// repeat).
std::unique_ptr<Source> open_source(const InputConfig& config);

/// The same for other bytes. `config.file` is only the name for messages and for Format::automatic.
std::unique_ptr<Source> make_source(std::unique_ptr<ByteInput> input, const InputConfig& config);

}  // namespace amend
