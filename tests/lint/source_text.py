"""What the lints of words read: the files of the project, their comments, their string literals, their Markdown."""
import os
import re

FOLDERS = ("include", "src", "tests", "bench", "samples", ".ci", ".github")
TOP_FILES = ("CMakeLists.txt", "README.md", "CHANGELOG.md", ".clang-format", ".clang-tidy")
SKIPPED = ("tests/data/", "tests/fuzz/corpus/", "tests/lint/fixtures/", "samples/pictures/")


def files(root):
    """Every file of the project, relative to its top."""
    found = [name for name in TOP_FILES if os.path.isfile(os.path.join(root, name))]
    for folder in FOLDERS:
        for place, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = [name for name in folders if name != "__pycache__"]
            found += [os.path.relpath(os.path.join(place, name), root) for name in names]
    return sorted(found)


def is_skipped(path):
    return path.startswith(SKIPPED)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


# A comment, a raw string, a string, a character; whatever comes first counts.
CPP_TOKEN = re.compile(
    r'//(?P<line>[^\n]*)|/\*(?P<block>.*?)\*/'
    r'|\bR"(?P<mark>[^()\s]{0,16})\((?P<raw>.*?)\)(?P=mark)"'
    r'|"(?P<text>(?:[^"\\\n]|\\.)*)"'
    r"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'",
    re.S,
)


def cpp_comments(text):
    """(line, comment): comments of neighbouring lines are joined, as a sentence may go over several."""
    joined = []
    for token in CPP_TOKEN.finditer(text):
        comment = token["line"] if token["line"] is not None else token["block"]
        if comment is None:
            continue
        line = text.count("\n", 0, token.start()) + 1
        comment = re.sub(r"^[/!<]+ ?", "", comment)
        if joined and joined[-1][1] == line - 1:
            joined[-1][1] = line
            joined[-1][2] += "\n" + comment
        else:
            joined.append([line, line, comment])
    return [(first, comment) for first, _, comment in joined]


def cpp_strings(text):
    """(line, string): neighbours that the compiler would join are joined; names of included files are left out."""
    joined = []
    end = -1
    for token in CPP_TOKEN.finditer(text):
        string = token["raw"] if token["raw"] is not None else token["text"]
        if string is None:
            if token["line"] is not None and joined and not text[end : token.start()].strip():
                end = token.end()  # a comment between two parts of a string
            continue
        if text.rfind("#include", text.rfind("\n", 0, token.start()) + 1, token.start()) >= 0:
            continue
        if token["raw"] is None:
            string = string.replace(r"\n", "\n").replace(r"\"", '"').replace(r"\t", "\t")
        if joined and end >= 0 and not text[end : token.start()].strip():
            joined[-1][1] += string
        else:
            joined.append([text.count("\n", 0, token.start()) + 1, string])
        end = token.end()
    return [(line, string) for line, string in joined]


def hash_comments(text):
    """(line, comment) of a shell, Python, awk or CMake file."""
    for number, line in enumerate(text.split("\n"), 1):
        found = re.search(r"(?:^|\s)#(?!!)\s?(.*)", line)
        if found:
            yield number, found[1]


def comments(path, text):
    if path.endswith((".hpp", ".cpp", ".hpp.in", ".cpp.in")):
        return cpp_comments(text)
    if path.endswith((".sh", ".py", ".awk", ".cmake", "CMakeLists.txt", ".yml", ".txt", ".ci/run")):
        return list(hash_comments(text))
    return []


def prose(markdown):
    """(line, text) of a Markdown file: paragraphs, list entries, cells; without code, addresses and HTML."""
    lines = markdown.split("\n")
    fence = False
    parts = []
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*(```|~~~)", line):
            fence = not fence
            continue
        if fence or re.match(r"\s*<!--", line):
            continue
        line = re.sub(r"``.*?``|`[^`]*`", "`…`", line)
        line = re.sub(r"\]\([^)]*\)", "]", line)
        line = re.sub(r"https?://\S+|<[^>]+>", "…", line)
        starts = not line.strip() or re.match(r"\s*([-*+>|#]|\d+\.)", line)
        for i, cell in enumerate(line.strip().strip("|").split("|") if line.lstrip().startswith("|") else [line]):
            if starts or i or not parts:
                parts.append([number, cell.strip()])
            else:
                parts[-1][1] += " " + cell.strip()
    return [(number, text) for number, text in parts if text]
