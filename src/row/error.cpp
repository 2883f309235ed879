#include "amend/error.hpp"

#include <algorithm>
#include <array>

#include "amend/row/outcome.hpp"
#include "row/hexadecimal.hpp"
#include "row/shell_path.hpp"

namespace amend {
namespace {

// Sorted by code. `amend explain` prints this table.
constexpr std::array own_code_table{
    OwnCode{
        "answer.contradictory",
        "The 2xx response contains a JSON member twice, so amend cannot know which of the two is correct.",
        "Look up the customer at the API before you send the row again. Report the request id to the API's support."},
    OwnCode{"answer.not_customer", "The 2xx response is JSON, but it contains no customer (data.customer with a uuid).",
            "Check that --url is the customers API. Look up the customer at the API before you send the row again."},
    OwnCode{"answer.not_json",
            "The 2xx response is not JSON. A gateway or a login page responded, or the API's JSON is damaged.",
            "Run `amend ping`: it shows which server responds. The row's message says where the JSON is damaged. Look "
            "up the customer at the API before you send the row again."},
    OwnCode{"answer.uuid_mismatch", "The 2xx response names another customer than the request.",
            "Stop the run. Look up both customers at the API. Report the request id to the API's support."},
    OwnCode{"guard.mismatch", "The customer's reference_number differs from the one in the row (--guard).",
            "Repair the ids in the file: they belong to other customers. Look up the customer with this row's id: "
            "amend has already "
            "changed that customer."},
    OwnCode{
        "http.*", "The HTTP status reports an error, and the body contains no error code.",
        "If `source` is gateway, a proxy or firewall responded. Find the request in its log: a firewall may block the "
        "row's values. If `source` is api, ask the API's support, with the request_id. Then run `amend retry RUN`."},
    OwnCode{"input.*.control",
            "The value contains a control character. Only name and company_name may contain line breaks and tabs.",
            "Remove the character from the cell. For a line break or tab at the start or end of a value, use --trim."},
    OwnCode{"input.*.invalid", "The API does not accept this value in this field.",
            "Correct the value. Read the rule of each field in `amend help input`."},
    OwnCode{"input.*.missing", "A required field is blank or absent.",
            "Fill in the field. To leave the API's value unchanged, use --blank FIELD=empty (name and phone only)."},
    OwnCode{"input.*.number", "The JSON number has an exponent. amend cannot send it unchanged.",
            "Write the number as a string."},
    OwnCode{"input.*.too_long", "The value has more characters (code points) than the API accepts.",
            "Shorten the value."},
    OwnCode{"input.*.type", "The value is a JSON boolean, array or object. The API expects a string.",
            "Write the value as a string."},
    OwnCode{"input.csv.columns", "The row has more or fewer cells than the header.",
            "Look for a separator or quote that is missing or extra."},
    OwnCode{"input.csv.damaged",
            "The line is inside a damaged quoted value. The line may be quoted text that only looks like a row.",
            "Repair the quotes at the line that the message names. To read the lines inside a damaged value as rows, "
            "use --recover."},
    OwnCode{"input.csv.quote", "A quote is inside an unquoted cell, or text follows a closing quote.",
            "Put quotes around the cell, and double each quote inside it."},
    OwnCode{
        "input.csv.swallowed_row",
        "A quoted value contains a line break, and then text that looks like another row. A quote may be missing or "
        "extra.",
        "Repair the quotes at the two lines that the message names. If the text is correct, send this row as NDJSON."},
    OwnCode{"input.csv.unclosed_quote",
            "A quote opens, but no quote closes it before the row limit (1 MiB) or the end of the file.",
            "Close the quote at the line that the message names."},
    OwnCode{"input.encoding",
            "The row contains characters beyond ASCII, and amend probably reads the file in the wrong encoding.",
            "Name the file's encoding with --encoding, or export the file as UTF-8. Then run the command again."},
    OwnCode{"input.id.duplicate", "Several rows name the same customer, and --duplicates reject is set.",
            "Keep one of the rows."},
    OwnCode{"input.id.not_reference",
            "The row's reference_number contains control characters, or has more than 255 characters.",
            "Check --reference-column, then correct the reference_number."},
    OwnCode{"input.id.not_uuid", "The id is not a uuid (8-4-4-4-12 hexadecimal digits).",
            "Check --id-column. If a spreadsheet damaged the ids, export the column as text."},
    OwnCode{"input.json.depth", "The JSON has more than 32 levels.", "Flatten the row."},
    OwnCode{"input.json.duplicate_key", "A JSON member occurs twice in one row.", "Keep one of the two members."},
    OwnCode{"input.json.nested", "The row's fields are inside another object.",
            "Flatten the rows with the jq command in the message."},
    OwnCode{"input.json.not_object", "The line is JSON but not an object.", "Write one JSON object per line."},
    OwnCode{"input.json.syntax", "The line is not valid JSON.",
            "Write one complete JSON object per line. The message names the column of the error."},
    OwnCode{"input.nul", "The row contains a NUL byte.", "Export the file again as UTF-8 text."},
    OwnCode{"input.phone.country_code",
            "--split-phone cannot split the phone: it has no known country code, no digits after the code, several "
            "numbers, or "
            "a country code that differs from dial_code.",
            "Correct the phone, or run the command without --split-phone."},
    OwnCode{"input.row.columns", "The row has more cells (NDJSON: members) than the limit.",
            "CSV: look for extra separators. NDJSON: remove members that amend does not use."},
    OwnCode{"input.row.too_large", "The row is longer than the limit (1 MiB).",
            "Look for a quote that does not close."},
    OwnCode{"input.utf8",
            "The row contains bytes that are not valid in the file's encoding (UTF-8, or the encoding of --encoding).",
            "Name the file's encoding with --encoding, or export the file as UTF-8."},
    OwnCode{"reconcile.ambiguous",
            "Two customers have the row's reference_number. amend cannot know which one the row means.",
            "Name the customer by its id."},
    OwnCode{"reconcile.changed", "The customer changed after the comparison, so amend did not overwrite it.",
            "Run `amend reconcile` with the file again. If `amend undo` reported this code, look up the customer: "
            "another program or user "
            "changed the customer."},
    OwnCode{"reconcile.leading_zeros",
            "The reference_number of the row and that of another customer are the same except for leading zeros. A "
            "spreadsheet may have removed zeros, and the row may mean the other customer.",
            "Restore the zeros, or name the customer by its id."},
    OwnCode{"reconcile.no_customer_found",
            "The look-up of this customer returned 404, and no look-up of another customer has succeeded. The path of "
            "--url may be wrong.",
            "Check --url and run `amend ping`. If the customer is new, create it at the API first."},
    OwnCode{"reconcile.not_found", "The API has no customer with this id or reference_number.",
            "Correct the row, or create the customer at the API."},
    OwnCode{"tls.handshake", "amend could not make a secure connection (TLS) to the server.",
            "Read the message: it names the cause, such as the certificate, the host name or the TLS version."},
    OwnCode{"transport.closed", "The connection ended before the response was complete.",
            "The API may have applied the row. Send the row again with `amend retry RUN`."},
    OwnCode{"transport.connect", "amend could not connect to the server.", "Check --url, the network and the server."},
    OwnCode{"transport.protocol", "The server's bytes are not a valid HTTP/1.1 response.",
            "The API may have applied the row. Send the row again with `amend retry RUN`, and try --pipeline 1."},
    OwnCode{"transport.timeout", "No complete response came within --timeout.",
            "The API may have applied the row. Send the row again with `amend retry RUN`, later or with a longer "
            "--timeout."},
    OwnCode{"value.apostrophe",
            "A phone or dial code begins with an apostrophe. Spreadsheets use it to mark a cell as text.",
            "Use --strip-formula to remove it. Or format the column as text and export the file again."},
    OwnCode{
        "value.backslash",
        "The value contains backslash escapes (\\\" \\' \\\\ \\n). Databases write them, but CSV does not have them.",
        "Export the file again as CSV that writes a quote inside a value as two quotes (\"\"). In psql, use \\copy … "
        "CSV. In MySQL, use FIELDS ESCAPED BY ''."},
    OwnCode{"value.boolean", "The value is TRUE or FALSE, which this field never contains.",
            "Check that --map names the correct column. If it does, correct the values and export the file again."},
    OwnCode{"value.columns",
            "Values are in the wrong column: a phone is an email or uuid, most emails are phones, or most names are "
            "phones or emails.",
            "Check the header: phones, emails or names look swapped. Choose the column of each field with --map "
            "FIELD=COLUMN."},
    OwnCode{"value.date", "The phone is a date or a time: a spreadsheet changed the number.",
            "Format the column as text before you enter the numbers. Then export the file again."},
    OwnCode{
        "value.double_encoding",
        "The value is damaged: a program read UTF-8 text in another encoding and saved it as UTF-8 again (Ã©, â€™).",
        "Open the source where the text is correct, and export it again as UTF-8."},
    OwnCode{"value.entity", "The value contains an HTML character reference (&amp; &#39;). amend sends it unchanged.",
            "In the export, write the character itself: & instead of &amp;."},
    OwnCode{"value.error_value", "The value is a spreadsheet's error (#NAME?, #N/A, ####).",
            "Repair the formula or widen the column, and export the file again. To read it as blank, use --null-text "
            "TEXT."},
    OwnCode{"value.formula", "The value is a formula.",
            "To take the text out of =\"…\", use --strip-formula. For other formulas, export the values."},
    OwnCode{"value.invisible", "A phone, an email or a reference number contains an invisible character.",
            "--trim removes it at the start or end of a value. Inside a value, remove it in the source of the data."},
    OwnCode{"value.invisible_in_name",
            "A name contains an invisible character that the writing system of the name does not use.",
            "--trim removes it at the start or end of a value. Inside a value, remove it in the source of the data."},
    OwnCode{"value.line_break", "A name contains a line break or tab. amend sends it unchanged.",
            "--trim removes it at the start or end of a value."},
    OwnCode{"value.name_of_digits", "The name has no letter.",
            "The columns may be swapped. Check that --map names the column with the names."},
    OwnCode{"value.name_sign", "The name begins with = + - or @, like a formula.", "Check that the name is correct."},
    OwnCode{"value.no_address", "The email has no @, or more than one.", "Check that the email is correct."},
    OwnCode{"value.no_digit", "The phone or dial code has no digit.",
            "Check --map. Correct the value, or leave the cell blank."},
    OwnCode{"value.null", "The value is a word that programs write for \"no value\" (\\N, NULL, N/A).",
            "To read it as blank, use --null-text TEXT. Or export the file again with empty cells."},
    OwnCode{"value.null_as_name",
            "The name is a word that programs write for \"no value\" (NULL, None), but it may be a real name.",
            "Check that the name is correct. To read it as blank, use --null-text TEXT."},
    OwnCode{"value.number",
            "The phone is written as a number: with decimals (.0), thousands separators or a minus sign.",
            "Export the column as text (pandas: dtype=str), not as a number."},
    OwnCode{"value.one_digit", "The phone has only one digit.", "Check that the phone is correct."},
    OwnCode{"value.quotes",
            "The quotes around the value are not CSV quotes (\"): they are typographic, single or doubled.",
            "Export the file with straight double quotes, or without quotes."},
    OwnCode{"value.replacement",
            "A conversion to another encoding lost a character: the value contains U+FFFD, or a name contains a "
            "question mark.",
            "Open the source where the text is correct, and export it again as UTF-8."},
    OwnCode{"value.scientific", "The number is in scientific notation. A spreadsheet rounded it, and digits are lost.",
            "Format the column as text. Export the file again from a source that still has all digits."},
    OwnCode{"value.several_phones", "The cell contains two phones.",
            "Keep one phone, or put each phone in its own column and choose one with --map."},
    OwnCode{"value.space", "The value starts or ends with white space. amend sends it unchanged.",
            "To remove the white space, use --trim."},
};

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

// For characters of three bytes that begin with E2: whether it is a direction mark or a line end. Direction marks
// (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) can change the apparent order of a text. Line ends are U+2028
// and U+2029.
bool is_direction(unsigned char second, unsigned char third) {
  const bool mark = third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE);
  return (second == 0x80 && mark) || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

// Terminals obey some of the control characters U+0080 to U+009F. U+061C is a direction mark.
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

// Uses $'…', which bash, zsh, ksh and POSIX.1-2024 know.
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
        append_hex(out.append("\\x"), byte);
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
        append_hex(piece.append("\\x"), static_cast<unsigned char>(c));
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
