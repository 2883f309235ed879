#include "amend/error.hpp"

#include <algorithm>
#include <array>

#include "amend/row/outcome.hpp"
#include "amend/row/shell_path.hpp"

namespace amend {
namespace {

// Alphabetical. `amend explain` prints this table.
constexpr std::array own_code_table{
    OwnCode{"answer.contradictory", "a 2xx response contains a member twice and so contradicts itself",
            "look the customer up at the API before you send the row again; report the request id to the API's "
            "support"},
    OwnCode{"answer.not_customer", "a 2xx answer is JSON but holds no data.customer",
            "is --url the customers API? Look the row up at the API before sending it again"},
    OwnCode{"answer.not_json",
            "a 2xx response is not JSON: a gateway or a login page answered, or the API's JSON is broken",
            "`amend ping` shows who answers; the message says where JSON breaks. Look the row up at the API before "
            "sending it again"},
    OwnCode{"answer.uuid_mismatch", "a 2xx answer names another customer than the one asked for",
            "stop, look both customers up at the API, report it to the API's support with the request id"},
    OwnCode{"guard.mismatch", "the customer's reference_number is not the one in the row (--guard)",
            "the ids of this file belong to other customers: repair the file; this customer was already changed"},
    OwnCode{"http.*", "the HTTP status says no and the body gives no code",
            "source gateway: a proxy or firewall answered; look for the request in its log, as a firewall may block "
            "what the row contains. Source api: ask the API's support, with the request_id. Then `amend retry RUN`"},
    OwnCode{"input.*.control",
            "a value has a control character; line breaks and tabs are allowed in name and company_name only",
            "remove it from the cell; at an end of a value --trim drops a line break or tab"},
    OwnCode{"input.*.invalid", "the value is not one that the API's schema allows",
            "`amend help input` has the rule of each field"},
    OwnCode{"input.*.missing", "a required field is blank or absent",
            "fill it in; for a field the API may go without, --blank FIELD=empty"},
    OwnCode{"input.*.number", "a JSON number with an exponent would not travel unchanged", "write it as a string"},
    OwnCode{"input.*.too_long", "the value has more code points than the API takes", "shorten it"},
    OwnCode{"input.*.type", "a JSON boolean, array or object stands where a string belongs", "write it as a string"},
    OwnCode{"input.csv.columns", "the row has more or fewer cells than the header",
            "look for a stray separator or quote"},
    OwnCode{"input.csv.damaged",
            "the line stands inside a damaged quote: it may be quoted text that only looks like a row",
            "repair the quote of the row before it; or --recover, which reads each such line as a row"},
    OwnCode{"input.csv.quote", "a quote inside an unquoted cell, or text after a closing quote",
            "quote the cell and double the quotes in it"},
    OwnCode{"input.csv.swallowed_row",
            "a quoted value has a line break, and behind it what looks like another row: a quote is missing or too "
            "many",
            "repair the quotes at the two lines named; if the text is meant so, send this row as NDJSON"},
    OwnCode{"input.csv.unclosed_quote", "a quote is opened and not closed within the row limit or the file",
            "close the quote at the line named"},
    OwnCode{"input.encoding",
            "the row has characters beyond ASCII, and the input is not in the encoding that it is read as",
            "name the encoding with --encoding, or export the file as UTF-8; then run the command again"},
    OwnCode{"input.id.duplicate", "the customer stands in several rows, and --duplicates reject is set",
            "keep one of the rows"},
    OwnCode{"input.id.not_reference",
            "the reference_number that names the customer has control characters, or more than 255 characters",
            "is --reference-column right?"},
    OwnCode{"input.id.not_uuid", "the id is not a uuid of the form 8-4-4-4-12 hexadecimal digits",
            "is --id-column right? Spreadsheets damage ids: export the column as text"},
    OwnCode{"input.json.depth", "JSON nested deeper than 32 levels", "flatten the row"},
    OwnCode{"input.json.duplicate_key", "a JSON member occurs twice in one row", "keep one of them"},
    OwnCode{"input.json.nested", "the row's fields are inside another object",
            "flatten the rows with the jq command in the message"},
    OwnCode{"input.json.not_object", "the line is JSON but not an object", "write one object a line"},
    OwnCode{"input.json.syntax", "the line is not JSON", "one complete object a line; see the column in the message"},
    OwnCode{"input.nul", "the row holds a NUL byte", "export the file again as UTF-8 text"},
    OwnCode{"input.phone.country_code",
            "--split-phone: the phone begins with + but no country code is known, nothing follows it, or dial_code "
            "says another one",
            "correct the number, or leave --split-phone out"},
    OwnCode{"input.row.columns", "the row has more cells than the limit", "look for a stray separator"},
    OwnCode{"input.row.too_large", "the row is longer than the limit (1 MiB)", "look for an unclosed quote"},
    OwnCode{"input.utf8",
            "the row holds bytes that mean nothing in the file's encoding (UTF-8 unless --encoding says otherwise)",
            "name the encoding with --encoding, or export the file as UTF-8"},
    OwnCode{"reconcile.ambiguous", "two customers have the reference_number of the row: it is not known which is meant",
            "name the customer by its id"},
    OwnCode{"reconcile.changed",
            "the customer is not any more what it was when it was compared: it was not overwritten",
            "reconcile the file again; after `amend undo`: look the customer up, somebody else has changed it"},
    OwnCode{"reconcile.leading_zeros",
            "another customer's reference_number differs from the row's only by zeros at its start: a spreadsheet may "
            "have removed them, and the row may mean the other customer",
            "restore the zeros, or name the customer by its id"},
    OwnCode{"reconcile.no_customer_found",
            "the look-up returned 404, and none of that kind has found a customer: the path may be wrong",
            "check --url, then `amend ping`; a customer that is new must be created at the API first"},
    OwnCode{"reconcile.not_found", "the API has no customer of that id or reference_number",
            "correct the row, or create the customer at the API"},
    OwnCode{"tls.handshake", "the secure connection could not be made",
            "see the message: certificate, name or version"},
    OwnCode{"transport.closed", "the connection ended before the answer was complete",
            "the row may have been applied: feed unknown.csv back"},
    OwnCode{"transport.connect", "no connection could be made", "check --url, the network and the server"},
    OwnCode{"transport.protocol", "the bytes received are not a well-formed HTTP/1.1 answer",
            "try --pipeline 1; the row may have been applied: feed unknown.csv back"},
    OwnCode{"transport.timeout", "no complete answer within --timeout",
            "the row may have been applied: feed unknown.csv back, later or with a longer --timeout"},
    OwnCode{"value.apostrophe", "a phone or dial code begins with the apostrophe that a spreadsheet puts before a text",
            "--strip-formula drops it; or format the column as text and export the file again"},
    OwnCode{"value.backslash", "backslash escapes (\\\" \\' \\\\ \\n) as databases write them, which CSV does not have",
            "export the file again as CSV with doubled quotes: psql \\copy … CSV; MySQL FIELDS ESCAPED BY ''"},
    OwnCode{"value.boolean", "TRUE or FALSE in a field that holds no such thing",
            "is --map right? Export the file again"},
    OwnCode{"value.columns",
            "the column has what belongs in another one: most emails or names are phones, a phone is an email",
            "compare the header with the rows; --map FIELD=COLUMN chooses the column"},
    OwnCode{"value.date", "a date or a time where a phone belongs: a spreadsheet has read the number as one",
            "format the column as text before the numbers are put in, and export the file again"},
    OwnCode{"value.double_encoding",
            "the text was UTF-8, was read as another encoding and saved as UTF-8 again (Ã©, â€™)",
            "export the file again from where the text is right, as UTF-8"},
    OwnCode{"value.entity", "an HTML character reference (&amp; &#39;), sent as it is", "decode it in the export"},
    OwnCode{"value.error_value", "a spreadsheet's error (#NAME?, #N/A, ####) instead of a value",
            "repair the formula or widen the column, and export the file again; --null-text TEXT makes it blank"},
    OwnCode{"value.formula", "a formula instead of a value",
            "--strip-formula takes the text out of =\"…\"; for others export values"},
    OwnCode{"value.invisible", "a character that cannot be seen inside a phone, an email or a reference number",
            "--trim drops it at an end; inside a value remove it where the data comes from"},
    OwnCode{"value.invisible_in_name", "a character that cannot be seen in a name whose script does not use it",
            "--trim drops it at an end; inside a value remove it where the data comes from"},
    OwnCode{"value.line_break", "a line break or tab in a name, sent as it is", "--trim drops it at an end"},
    OwnCode{"value.name_of_digits", "a name without a letter", "compare the header with the rows: is --map right?"},
    OwnCode{"value.name_sign", "a name begins with = + - or @, as a formula does", "look whether it is meant so"},
    OwnCode{"value.no_address", "an email without @, or with more than one", "look whether it is meant so"},
    OwnCode{"value.no_digit", "a phone or dial code without a digit",
            "is --map right? Correct the rows, or leave the cell blank"},
    OwnCode{"value.null", "a database's or a program's word for \"no value\" (\\N, NULL, N/A)",
            "--null-text TEXT makes it blank; or export the file again with empty cells"},
    OwnCode{"value.null_as_name", "a name that is also a program's word for \"no value\"",
            "look whether it is meant so; --null-text TEXT makes it blank"},
    OwnCode{"value.number", "a phone written as a number: with decimals (.0), thousands separators or a minus sign",
            "export the column as text (pandas: dtype=str), not as a number"},
    OwnCode{"value.one_digit", "a phone of one digit", "look whether it is meant so"},
    OwnCode{"value.quotes", "values in quotes of another kind than CSV's (\"): typographic, single or doubled ones",
            "export the file with straight double quotes, or none"},
    OwnCode{"value.replacement",
            "U+FFFD, or a ? inside a name: a character was lost when the file was read or written in a wrong encoding",
            "export the file again from where the text is right, as UTF-8"},
    OwnCode{"value.scientific", "a number in scientific notation: a spreadsheet has rounded it, digits are lost",
            "format the column as text and export the file again from where the numbers are whole"},
    OwnCode{"value.several_phones", "two phones in one cell",
            "keep one of them, or put them into columns and choose with --map"},
    OwnCode{"value.space", "white space at an end of a value, sent as it is", "--trim drops it"},
};

constexpr char hex_digits[] = "0123456789abcdef";

// Length of the valid UTF-8 sequence at the start of `s`, 0 when it is none.
std::size_t utf8_length(std::string_view s) {
  const auto b = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const auto tail = [&](std::size_t i) { return i < s.size() && (b(i) & 0xC0) == 0x80; };
  if (b(0) < 0x80) return 1;
  if (b(0) >= 0xC2 && b(0) <= 0xDF) return tail(1) ? 2 : 0;
  if ((b(0) & 0xF0) == 0xE0) {
    if (!tail(1) || !tail(2)) return 0;
    if (b(0) == 0xE0 && b(1) < 0xA0) return 0;
    if (b(0) == 0xED && b(1) > 0x9F) return 0;
    return 3;
  }
  if (b(0) >= 0xF0 && b(0) <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (b(0) == 0xF0 && b(1) < 0x90) return 0;
    if (b(0) == 0xF4 && b(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

// Of the characters of three bytes that begin with E2: direction marks (U+200E, U+200F, U+202A to U+202E, U+2066 to
// U+2069), which let a text read otherwise than it is, and line ends (U+2028, U+2029).
bool is_direction(unsigned char second, unsigned char third) {
  const bool mark = third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE);
  return (second == 0x80 && mark) || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

// U+0080 to U+009F are control characters too: terminals obey some of them. U+061C is a direction mark.
bool steers_terminal(std::string_view sequence) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return at(0) < 0x20 || at(0) == 0x7F;
  if (sequence.size() == 2) return (at(0) == 0xC2 && at(1) < 0xA0) || (at(0) == 0xD8 && at(1) == 0x9C);
  return sequence.size() == 3 && at(0) == 0xE2 && is_direction(at(1), at(2));
}

// Zero-width and direction characters, the line separators and the byte order mark: U+200B…200F, U+2028…202E,
// U+2060…206F, U+FEFF.
bool is_invisible(std::string_view sequence) {
  if (sequence == "\xEF\xBB\xBF") return true;
  if (sequence.size() != 3 || !sequence.starts_with("\xE2")) return false;
  const auto second = static_cast<unsigned char>(sequence[1]);
  const auto third = static_cast<unsigned char>(sequence[2]);
  if (second == 0x80) return (third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA0 && third <= 0xAF;
}

bool can_be_shown(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    const std::string_view sequence = rest.substr(0, length);
    if (length == 0 || steers_terminal(sequence) || is_invisible(sequence)) return false;
    rest.remove_prefix(length);
  }
  return true;
}

// $'…', which bash, zsh, ksh and POSIX.1-2024 know.
std::string escaped_for_shell(std::string_view word) {
  std::string out = "$'";
  while (!word.empty()) {
    const std::string_view sequence = word.substr(0, std::max<std::size_t>(1, utf8_length(word)));
    const bool shown = can_be_shown(sequence);
    for (const char c : sequence) {
      const auto byte = static_cast<unsigned char>(c);
      if (shown) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
      } else if (c == '\n') {
        out += "\\n";
      } else {
        out += {'\\', 'x', hex_digits[byte >> 4], hex_digits[byte & 15]};
      }
    }
    word.remove_prefix(sequence.size());
  }
  return out + "'";
}

bool matches_family(std::string_view pattern, std::string_view code) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == code;
  const auto head = pattern.substr(0, star);
  const auto tail = pattern.substr(star + 1);
  return code.size() > head.size() + tail.size() && code.starts_with(head) && code.ends_with(tail);
}

}  // namespace

std::string_view to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::api: return "api";
    case Origin::gateway: return "gateway";
    case Origin::payment_token: return "payment_token";
    case Origin::transport: return "transport";
    case Origin::tls: return "tls";
    case Origin::input: return "input";
    case Origin::run: return "run";
  }
  return "run";
}

Origin origin_named(std::string_view name) noexcept {
  for (const Origin origin : {Origin::api, Origin::gateway, Origin::payment_token, Origin::transport, Origin::tls,
                              Origin::input, Origin::run})
    if (to_string(origin) == name) return origin;
  return Origin::run;
}

std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::success: return "success";
    case Status::failed: return "failed";
    case Status::unknown: return "unknown";
    case Status::rejected: return "rejected";
    case Status::superseded: return "superseded";
    case Status::unchanged: return "unchanged";
  }
  return "unknown";
}

std::span<const OwnCode> own_codes() noexcept { return own_code_table; }

const OwnCode* find_own_code(std::string_view code) noexcept {
  const auto exact = std::ranges::find(own_code_table, code, &OwnCode::name);
  if (exact != own_code_table.end()) return &*exact;
  const auto family =
      std::ranges::find_if(own_code_table, [&](const OwnCode& c) { return matches_family(c.name, code); });
  return family != own_code_table.end() ? &*family : nullptr;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string out;
  out.reserve(std::min(text.size(), bytes_max));
  std::size_t fits_with_ellipsis = 0;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    std::string piece(sequence);
    if (length == 0 || steers_terminal(sequence)) {
      piece.clear();
      for (const char c : sequence) {
        const auto byte = static_cast<unsigned char>(c);
        piece += {'\\', 'x', hex_digits[byte >> 4], hex_digits[byte & 15]};
      }
    }
    if (out.size() + piece.size() > bytes_max) {
      out.resize(fits_with_ellipsis);
      return out + "…";
    }
    out += piece;
    if (out.size() + 3 <= bytes_max) fits_with_ellipsis = out.size();
    text.remove_prefix(sequence.size());
  }
  return out;
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:=@%,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
  if (!can_be_shown(word)) return escaped_for_shell(word);
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string shell_path(std::string_view path) {
  const bool looks_like_option = path.size() > 1 && path.front() == '-';
  return shell_quoted(looks_like_option ? "./" + std::string(path) : std::string(path));
}

}  // namespace amend
