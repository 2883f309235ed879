#!/usr/bin/env python3
"""language.py ROOT: words and turns that language.txt refuses, in Markdown and in the texts that a user meets.

language_limits.txt says how many a file, or a folder of sources, may still have; 0 without a line. A limit only ever goes
down.  language.py ROOT --all  shows each place, also below its limit.
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
    rules, samples, pattern = [], [], None
    for line in table_lines("language.txt"):
        if line.startswith("-> "):
            rules.append((re.compile(pattern, re.I), line[3:]))
        elif line.startswith(("ok ", "no ")):
            samples.append((line[:2] == "ok", line[3:]))
        else:
            pattern = line
    return rules, samples


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
    # What is in backticks, `amend retry RUN`, is no sentence; nor is a path.
    return re.sub(r"`[^`\n]*`", "`…`", string)


def limited_part(path, limits):
    """The longest entry of the limits that is the file, or a folder above it; a page of Markdown counts by itself."""
    if path.endswith(".md"):
        return path
    parts = [part for part in limits if path == part or path.startswith(part + "/")]
    return max(parts, key=len) if parts else path


def main():
    rules, samples = read_rules()
    for fine, sentence in samples:
        found = found_in(rules, sentence)
        if fine == bool(found):
            sys.exit(f"language: {'refused' if found else 'let pass'}: {sentence} {found}")

    root, show_all = sys.argv[1], "--all" in sys.argv[2:]
    limits = read_limits()
    places = {part: [] for part in limits}
    looked_at = 0
    for path in source_text.files(root):
        if source_text.is_skipped(path):
            continue
        for line, text in texts_of(path, source_text.read(root, path)):
            looked_at += 1
            text = without_code(text)
            for offset, words, advice in found_in(rules, text):
                at = line + (text.count("\n", 0, offset) if path.endswith((".cpp", ".hpp")) else 0)
                places.setdefault(limited_part(path, limits), []).append(f'{path}:{at}: "{words}" -> {advice}')

    failed = False
    for part, found in sorted(places.items()):
        limit = limits.get(part, 0)
        if len(found) > limit or show_all:
            print("\n".join(found))
        if len(found) > limit:
            failed = True
            print(f"language: {part}: {len(found)} turns, at most {limit}")
        elif limit > 0:
            lower = "" if len(found) == limit else f"; lower its limit in language_limits.txt to {len(found)}"
            print(f"language: {part}: {len(found)} turns are left{lower}")
    if looked_at < 100:
        sys.exit(f"language: only {looked_at} texts were found")
    print(f"language: {looked_at} texts looked at, {len(rules)} rules")
    sys.exit(failed)


main()
