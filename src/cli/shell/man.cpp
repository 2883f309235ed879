#include "cli/shell/man.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/option/command_table.hpp"
#include "cli/option/option_table.hpp"
#include "cli/text/help_texts.hpp"
#include "cli/text/output.hpp"
#include "cli/version.hpp"

namespace amend::cli {
namespace {

// Escapes what roff would interpret: backslashes, typed hyphens, and a full stop or quote at the start of a line.
std::string roff(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    at_start = c == '\n';
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string title(std::string_view page) {
  return fmt::format(".TH {} 1 \"\" \"amend {}\"\n", roff(upper(page)), roff(program_version));
}

std::string preformatted(std::string_view heading, std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  return fmt::format(".SH {}\n.nf\n{}\n.fi\n", heading, roff(text));
}

std::string synopsis(const CommandEntry& entry) {
  std::string out = fmt::format(".B amend {}\n", roff(entry.name));
  for (const Argument& argument : entry.arguments)
    out += argument.need == Argument::Need::required ? fmt::format(".I {}\n", argument.name)
                                                     : fmt::format("[\n.I {}\n]\n", argument.name);
  return out + "[\n.I options\n]\n";
}

std::string option_text(const OptionEntry& option) {
  std::string out = fmt::format(".TP\n\\fB\\-\\-{}\\fR", roff(option.name));
  if (!option.value.empty()) out += fmt::format(" \\fI{}\\fR", roff(option.value));
  out += "\n" + roff(option.description);
  if (option.environment) out += fmt::format(" (environment: {})", option.environment);
  return out + "\n";
}

std::string options_text(Command command) {
  std::string out;
  std::string_view group;
  for (const OptionEntry& option : option_table()) {
    if (!option.takers.contains(command)) continue;
    if (option.group != group) out += fmt::format(".SS {}\n", roff(option.group));
    group = option.group;
    out += option_text(option);
  }
  return out.empty() ? out : ".SH OPTIONS\n" + out;
}

std::string command_page(const CommandEntry& entry) {
  const std::string page = "amend-" + std::string(entry.name);
  std::string out = title(page);
  out += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}", roff(page), roff(entry.summary), synopsis(entry));
  std::string arguments;
  for (const Argument& argument : entry.arguments)
    arguments += fmt::format(".TP\n\\fI{}\\fR\n{}\n", roff(argument.name), roff(argument.description));
  if (!arguments.empty()) out += ".SH ARGUMENTS\n" + arguments;
  return out + options_text(entry.command) + preformatted("DESCRIPTION", entry.footer) +
         ".SH SEE ALSO\n.BR amend (1)\n";
}

std::string program_page() {
  std::string out = title("amend");
  out += ".SH NAME\namend \\- update customer records through Wonder's payment API\n";
  out += ".SH SYNOPSIS\n.B amend\n.I command\n[\n.I arguments\n] [\n.I options\n]\n.SH COMMANDS\n";
  for (const CommandEntry& entry : command_table())
    out += fmt::format(".TP\n.BR amend\\-{} (1)\n{}\n", roff(entry.name), roff(entry.summary));
  return out + preformatted("DESCRIPTION", program_footer());
}

}  // namespace

std::string man_page(std::string_view command) {
  if (command.empty()) return program_page();
  const auto entry = std::ranges::find(command_table(), command, &CommandEntry::name);
  if (entry == command_table().end())
    throw ConfigError("amend man: there is no command \"" + printable(command, 40) + "\"; see amend --help");
  return command_page(*entry);
}

ExitCode run_man(const Options& options) {
  print(man_page(options.word));
  return ExitCode::success;
}

}  // namespace amend::cli
