#include "cli/command/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include "amend/job.hpp"
#include "cli/command/opening.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/output.hpp"
#include "queue/batch_pool.hpp"
#include "reader/mapping/mapper.hpp"
#include "transport/http1_codec.hpp"
#include "transport/target.hpp"
#include "wonder/routes.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view mask = "***";
constexpr std::string_view line_end = "\r\n";

// The value is valid UTF-8, because the mapper refuses other values.
std::string first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return std::string(text.substr(0, size));
}

std::string mask_value(std::string_view field, const json::value& value) {
  if (value.is_null()) return "null";
  if (!value.is_string() || field == "default_payment_token") return "\"***\"";
  const auto& text = value.get_string();
  if (text.empty()) return "\"\"";
  return json::serialize(json::string(first_character(text) + std::string(mask)));
}

/// Renders one attempt like a worker, then removes secrets and personal data.
class Renderer {
 public:
  Renderer(const Config& config, const Credentials& credentials)
      : target_(parse_target(config.target)),
        open_lines_(credentials.header_lines),
        signer_(make_signer(config.auth, credentials)),
        fixed_(fmt::format("Host: {}\r\n{}X-Request-ID: (a new uuid for every attempt)\r\n", target_.authority,
                           wonder::fixed_headers(config.version))) {}

  std::string render(const RowRef& row) {
    std::string path;
    wonder::append_customer_target(path, target_.path_prefix, row.id());
    const std::string_view body = row.body();
    Request request("PUT", path, body);
    std::string secret_lines;
    signer_->append_headers(request, std::chrono::system_clock::now(), secret_lines);
    const std::string lines = mask_headers(secret_lines, open_lines_);
    request.headers = lines;
    std::string wire;
    http1::append_request(wire, request, fixed_);
    wire.resize(wire.size() - body.size());
    std::erase(wire, '\r');
    return wire + mask_body(body) + "\n";
  }

 private:
  Target target_;
  std::string open_lines_;
  std::unique_ptr<Signer> signer_;
  std::string fixed_;
};

}  // namespace

std::string mask_body(std::string_view body) {
  std::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object()) return std::string(mask);
  std::string out = "{";
  for (const auto& member : parsed.get_object()) {
    if (out.size() > 1) out += ',';
    out += fmt::format("\"{}\":{}", std::string_view(member.key()), mask_value(member.key(), member.value()));
  }
  return out + "}";
}

std::string mask_headers(std::string_view lines, std::string_view open_lines) {
  std::string out;
  while (!lines.empty()) {
    const auto end = std::min(lines.find(line_end), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + line_end.size(), lines.size()));
    const std::string whole = std::string(line) + std::string(line_end);
    const auto open_at = open_lines.find(whole);
    const bool open = open_at == 0 || (open_at != std::string_view::npos && open_lines[open_at - 1] == '\n');
    if (open || line.starts_with("Credential: ")) {
      out += whole;
    } else {
      out += fmt::format("{}: {}{}", line.substr(0, line.find(':')), mask, line_end);
    }
  }
  return out;
}

std::string dry_run_text(const Config& config, const Credentials& credentials, Source& source) {
  Mapper mapper(config.mapping, source.format(), source.header());
  Renderer renderer(config, credentials);
  BatchPool pool(1);
  std::string out;
  Record record;
  while (source.next(record)) {
    const RowRef row(*pool.acquire(), 0);
    const auto reason = mapper.map(record, *row.batch());
    out += fmt::format("--- {}", where(record.position()));
    if (reason) {
      out += fmt::format(": would be rejected, {}: {}\n", printable(reason->code, 80), printable(reason->text));
      if (const OwnCode* own = find_own_code(reason->code)) out += fmt::format("    -> {}\n", own->remedy);
    } else {
      out += "\n" + renderer.render(row);
      mapper.will_be_sent(record);
    }
    out += "\n";
  }
  const InputFindings findings = mapper.findings();
  return out + damaged_value_lines(findings) + odd_value_lines(findings);
}

ExitCode run_dry(const Options& options, const Credentials& credentials) {
  Config config = options.config;
  if (config.input.limit == 0) config.input.limit = dry_run_rows;
  const std::unique_ptr<Source> source = open_source(config.input);
  const Mapper mapper(config.mapping, source->format(), source->header());
  if (!options.quiet) print_message(opening_text(options, plan_of(config, *source, mapper)));
  print(dry_run_text(config, credentials, *source));
  if (!options.quiet) print_message("dry run: nothing was sent\n");
  return ExitCode::success;
}

}  // namespace amend::cli
