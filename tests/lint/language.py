#!/usr/bin/env python3
"""language.py ROOT [--all] [--rooms]: words and turns that language.txt refuses.

Three kinds of text are checked: Markdown, strings that a user reads, and comments of C++.
A page or a string may have no find, and the comments of a room 2 finds per 1,000 lines.
language_limits.txt lists the exceptions. A limit only ever goes down.
--all shows each place, also below its limit. --rooms shows the finds and the lines of each room.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
import source_text  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def table_lines(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


def read_rules():
    """Rules for every text, rules for comments only, and sample sentences."""
    rules, comment_rules, samples, pattern = [], [], [], None
    for line in table_lines("language.txt"):
        if line.startswith(("-> ", "=> ")):
            chosen = rules if line[0] == "-" else comment_rules
            chosen.append((re.compile(pattern, re.I), line[3:]))
        elif line.startswith(("ok ", "no ")):
            samples.append((line[:2] == "ok", line[3:]))
        else:
            pattern = line
    return rules, comment_rules, samples


def read_limits():
    limits = {}
    for line in table_lines("language_limits.txt"):
        path, limit = line.split()
        limits[path] = int(limit)
    return limits


def found_in(rules, text):
    """(offset, words, advice) of each turn in the text."""
    return [(m.start(), m[0], advice) for pattern, advice in rules for m in pattern.finditer(text)]


# A string that a user may read: words with spaces between them, and no code.
def is_prose(string):
    return re.search(r"[A-Za-z]{2,}[ \n]+[A-Za-z]", string) is not None


def texts_of(path, text):
    """(line, text) of what a reader of the file, or of the program's output, meets."""
    if path.endswith(".md"):
        return source_text.prose(text)
    if path.startswith("src/") and path.endswith((".cpp", ".hpp")):
        return [(line, string) for line, string in source_text.cpp_strings(text) if is_prose(string)]
    return []


def without_code(string):
    """The text with what is in backticks, `amend retry RUN`, replaced: it is no sentence. Line ends stay."""
    return re.sub(r"`[^`\n]*`", "`…`", string)


def limited_part(path, limits):
    """The longest entry of the limits that is the file, or a folder above it; a page of Markdown counts by itself."""
    if path.endswith(".md"):
        return path
    parts = [part for part in limits if path == part or path.startswith(part + "/")]
    return max(parts, key=len) if parts else path


def room_of(path):
    """`src/row` and `include/amend/row` are one room. The headers right in `include/amend` are another, as are tests."""
    folders = os.path.dirname(path).split("/")
    if folders[0] == "include":
        return f"comments:{folders[2]}" if len(folders) > 2 else "comments:include"
    return f"comments:{folders[1] if folders[0] == 'src' and len(folders) > 1 else folders[0]}"


FILE_NAME = re.compile(r"[\w./-]*\w\.(hpp|cpp|md|json|ndjson|csv|py|sh)\b")


def comment_finds(rules, text):
    """(line, words, advice) of each turn in the comments of a C++ file; a turn may begin on one line and end on the next."""
    finds = []
    for first, comment in source_text.cpp_comments(text):
        sentence = FILE_NAME.sub("…", without_code(comment))
        for offset, words, advice in found_in(rules, sentence.replace("\n", " ")):
            finds.append((first + sentence.count("\n", 0, offset), words, advice))
    return finds


def check_samples(rules, samples):
    for fine, sentence in samples:
        found = found_in(rules, sentence)
        if fine == bool(found):
            sys.exit(f"language: {'refused' if found else 'let pass'}: {sentence} {found}")


def check_fixture(rules):
    """Each line of the fixture that ends in `<-` has a find, and no other line has one."""
    with open(os.path.join(HERE, "fixtures", "language/comments.txt"), encoding="utf-8") as file:
        text = file.read()
    expected = [number for number, line in enumerate(text.split("\n"), 1) if line.endswith("<-")]
    found = [line for line, _, _ in comment_finds(rules, text)]
    if found != expected or not found:
        sys.exit(f"language: finds in the lines {found} of the fixture, expected in {expected}")


class Finds:
    """The places of each limited part, and its limit."""

    def __init__(self, limits):
        self.limits = limits
        self.places = {part: [] for part in limits}
        self.lines = {}

    def add(self, part, place, words, advice):
        self.places.setdefault(part, []).append(f'{place}: "{words}" -> {advice}')

    def limit_of(self, part):
        return self.limits.get(part, self.lines.get(part, 0) * 2 // 1000)

    def report(self, show_all):
        """Prints what exceeds a limit. True when something does."""
        failed = False
        for part, found in sorted(self.places.items()):
            limit = self.limit_of(part)
            if len(found) > limit or show_all:
                print("\n".join(found))
            if len(found) > limit:
                failed = True
                print(f"language: {part}: {len(found)} turns, at most {limit}")
            elif part in self.limits:
                lower = "" if len(found) == limit else f"; lower its limit in language_limits.txt to {len(found)}"
                print(f"language: {part}: {len(found)} turns are left{lower}")
        return failed

    def report_rooms(self):
        for part, lines in sorted(self.lines.items()):
            found = len(self.places.get(part, []))
            print(f"{part}: {found} finds in {lines} lines, at most {self.limit_of(part)}")


def main():
    rules, comment_rules, samples = read_rules()
    comment_rules = rules + comment_rules
    check_samples(comment_rules, samples)
    check_fixture(comment_rules)

    root = sys.argv[1]
    limits = read_limits()
    finds = Finds(limits)
    looked_at = 0
    for path in source_text.files(root):
        if source_text.is_skipped(path):
            continue
        text = source_text.read(root, path)
        is_cpp = path.endswith((".cpp", ".hpp"))
        for line, string in texts_of(path, text):
            looked_at += 1
            string = without_code(string)
            for offset, words, advice in found_in(rules, string):
                at = line + (string.count("\n", 0, offset) if is_cpp else 0)
                finds.add(limited_part(path, limits), f"{path}:{at}", words, advice)
        if is_cpp:
            room = room_of(path)
            finds.lines[room] = finds.lines.get(room, 0) + text.count("\n")
            for line, words, advice in comment_finds(comment_rules, text):
                finds.add(room, f"{path}:{line}", words, advice)

    failed = finds.report("--all" in sys.argv[2:])
    if "--rooms" in sys.argv[2:]:
        finds.report_rooms()
    lines = sum(finds.lines.values())
    if looked_at < 100 or lines < 1000:
        sys.exit(f"language: only {looked_at} texts and {lines} lines of C++ were found")
    print(f"language: {looked_at} texts and {lines} lines of C++ looked at, {len(comment_rules)} rules")
    sys.exit(failed)


main()
