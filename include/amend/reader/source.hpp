// SEAM: where rows come from. Layer 2; the reader thread only; may block.
//
// `open_source` reads a file or stdin, `make_source` any other bytes (tests, a program that uses the library). Both
// know CSV (csv_parser.hpp) and NDJSON (ndjson.hpp). The concrete classes stay in src/reader.
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

/// How it is known which encoding the bytes are in.
enum class EncodingBasis : std::uint8_t {
  assumed,  ///< UTF-8, by default
  marked,   ///< a byte order mark, or a NUL in every other of the first bytes
  named,    ///< --encoding
};

/// The bytes of a file from its start, as far as they were read: how many, and a hash of them (XXH3, 64 bits).
class ContentRead {
 public:
  ContentRead(std::uint64_t bytes_, std::uint64_t hash_) noexcept : bytes(bytes_), hash(hash_) {}
  bool operator==(const ContentRead&) const = default;

  std::uint64_t bytes;
  std::uint64_t hash;
};

/// The first `bytes` of the file `path`, or fewer when it is shorter; nullopt: it cannot be read.
std::optional<ContentRead> read_content(const std::string& path, std::uint64_t bytes);

class Source {
 public:
  virtual ~Source() = default;

  /// The next row, good or faulty (`Record::fault`); false at the end or when InputConfig::limit rows were handed out.
  /// Blocks until the row's line is complete; does not wait for more than that.
  /// Throws InputError when reading fails, or when the content of a regular file changed while it was read: all rows
  /// that were handed out are of one version. No allocation for a good row in the steady state.
  virtual bool next(Record& record) = 0;

  /// True when next() would not block: a complete row is at hand, or the end. Reads what is there; throws as next()
  /// does.
  virtual bool ready() = 0;

  /// Waits at most `timeout` for input, and says what ready() says then. May return false early: call it again.
  virtual bool wait(std::chrono::milliseconds timeout) = 0;

  /// CSV: the names of the columns, without spaces around them. NDJSON, and an empty file: empty.
  virtual const std::vector<std::string>& header() const = 0;

  /// CSV: the header as RFC 4180 text separated by commas, without a line end, whatever the input's delimiter is.
  virtual std::string_view header_text() const = 0;

  /// csv or ndjson, never automatic.
  virtual Format format() const = 0;

  /// CSV: what separates the cells, given or recognised.
  virtual char delimiter() const = 0;

  /// For people: "UTF-8", "UTF-16LE", or the name given.
  virtual const std::string& encoding() const = 0;
  virtual EncodingBasis encoding_basis() const = 0;

  /// The bytes read so far have some beyond ASCII, and all of these are UTF-8, although encoding() is another one: it
  /// was named by mistake.
  virtual bool is_utf8_after_all() const = 0;

  /// Where reading stands: behind the last row handed out, or a little further after ready(). `byte` counts in the text
  /// as UTF-8: the offset in the file when that is its encoding. `line` is the physical line in every encoding.
  virtual Position position() const = 0;

  /// How much of the input's own bytes was read, whatever its encoding; of bytes_total().
  virtual std::uint64_t bytes_read() const = 0;

  /// Size of the input in bytes; 0: not known (stdin, a pipe).
  virtual std::uint64_t bytes_total() const = 0;

  /// What was read so far of a regular file; nullopt: the input is of another kind.
  virtual std::optional<ContentRead> content_read() const { return std::nullopt; }
};

/// Bytes for a Source.
class ByteInput {
 public:
  virtual ~ByteInput() = default;

  /// Reads at least one byte, or 0 at the end; blocks until then. Throws InputError.
  virtual std::size_t read(std::span<char> buffer) = 0;

  /// True when read() would not block.
  virtual bool ready() = 0;

  /// Waits at most `timeout` for that. An input that cannot wait says at once what ready() says.
  virtual bool wait(std::chrono::milliseconds /*timeout*/) { return ready(); }

  /// 0: not known.
  virtual std::uint64_t bytes_total() const { return 0; }

  /// How much was read below this input, when that is not what read() has given (another encoding); else nullopt.
  virtual std::optional<std::uint64_t> raw_bytes_read() const { return std::nullopt; }

  /// What was read below this input as another encoding has bytes beyond ASCII, and all of them are UTF-8.
  virtual bool is_utf8_after_all() const { return false; }

  /// As Source::content_read.
  virtual std::optional<ContentRead> content_read() const { return std::nullopt; }
};

/// Opens `config.file`, or stdin for "-", and reads the header of a CSV. An empty file has no header and no rows and is
/// fine.
/// - Format::automatic: the ending .csv, .tsv, .ndjson, .jsonl or .json decides, else the first byte that is not blank:
///   '{' is NDJSON.
/// - Encoding, when not given: UTF-8, or UTF-16 by its byte order mark or by a NUL in every other of the first four
///   bytes. A mark is dropped; one that contradicts --encoding is a ConfigError.
/// - Delimiter, when not given: the one that a `sep=` line names (which is not a row, and is always skipped), else TAB
///   for a .tsv with a TAB in its header, else whichever of , ; TAB | the header has most of outside quotes.
/// - A CSV that amend wrote (a column amend_line, separated by commas) has commas whatever the options say; its byte
///   order mark wins over --encoding; its rows may be longer than the limits by what amend has added.
/// - A CSV may be several files put together: a line that repeats the header, with a byte order mark before it or not,
///   is not a row, and is skipped. Columns of amend's own may differ between the two.
/// Throws ConfigError: ExitCode::input for what cannot be opened or a directory; ExitCode::usage for an unknown
/// encoding, and for a header with an empty name, with a name twice (`amend_` columns may repeat), or that is faulty
/// CSV.
std::unique_ptr<Source> open_source(const InputConfig& config);

/// The same over other bytes; `config.file` is only a name for messages and for Format::automatic.
std::unique_ptr<Source> make_source(std::unique_ptr<ByteInput> input, const InputConfig& config);

}  // namespace amend
