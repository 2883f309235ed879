#!/usr/bin/env python3
"""references.py ROOT: what comments and Markdown name is there: files, sections, headings, links, `see …`, test cases.

A file may be named by the end of its path (`circuit.hpp`, `admission/circuit_breaker.hpp`, `src/wonder/README.md §2`).
"""
import fnmatch
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
import source_text  # noqa: E402

# Names that only look like files of the project: a program or a reader makes them.
MADE_ELSEWHERE = {"foo.hpp", "foo.cpp"}
OWN_KINDS = r"(?:hpp|cpp|md|sh|py|awk|cmake|mjs|lua|hpp\.in|cpp\.in|cmake\.in)"
OWN_FOLDERS = r"(?:include|src|tests|bench|samples|cmake|packaging|\.ci|\.github)"

NAMED_FILE = re.compile(rf"(?<![\w/$@{{}}…<>-])(?P<path>(?:\.?\w[\w*.-]*/)*[\w*-][\w*.-]*\.{OWN_KINDS})(?![\w/-])")
NAMED_PLACE = re.compile(rf"(?<![\w/$.@{{}}-])(?P<path>{OWN_FOLDERS}/(?:[\w*.-]+/)*[\w*.-]*)")
SECTIONS = re.compile(r"(?P<path>[\w./-]+\.md)`?,? +§(?P<list>\d+(?:, §\d+| and §\d+| to §\d+)*)")
HEADING = re.compile(r"\b(?P<path>[\w./-]*README(?:\.md)?),? \"(?P<title>[^\"]+)\"")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
SEE = re.compile(r"\b[Ss]ee `?(?P<name>[A-Za-z_]\w*(?:::[A-Za-z_~]\w*)*)(?P<call>\(\))?")
TEST_CASE = re.compile(r'TEST_CASE(?:_\w+)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')
TOPIC = re.compile(r"`amend help (?P<topic>[a-z][a-z-]+)`")


def slug(title):
    title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-")


class Project:
    def __init__(self, root):
        self.root = root
        self.files = source_text.files(root) + [n for n in ("LICENSE",) if os.path.exists(os.path.join(root, n))]
        self.folders = {os.path.dirname(path) for path in self.files}
        for folder in list(self.folders):
            while folder:
                self.folders.add(folder)
                folder = os.path.dirname(folder)
        self.offences = []
        self.words = None
        self.looked_up = {}

    def matches(self, name, beside):
        """Files that `name` may mean: by a path from the top or from the folder of `beside`, or by its end."""
        key = (name, os.path.dirname(beside))
        if key not in self.looked_up:
            self.looked_up[key] = self.look_up(name, os.path.dirname(beside))
        return self.looked_up[key]

    def look_up(self, name, folder):
        if "*" in name:
            return [f for f in self.files if fnmatch.fnmatchcase("/" + f, "*/" + name)]
        here = os.path.normpath(os.path.join(folder, name))
        return [here] if here in self.files else [f for f in self.files if f == name or f.endswith("/" + name)]

    def offend(self, path, line, text):
        self.offences.append(f"{path}:{line}: {text}")

    def headings(self, path):
        return re.findall(r"^#+ +(.*?)\s*#*$", source_text.read(self.root, path), re.M)

    def knows_word(self, name):
        if self.words is None:
            self.words = set()
            for path in self.files:
                if path.endswith((".hpp", ".cpp")) and not source_text.is_skipped(path):
                    code = re.sub(r"//[^\n]*", "", source_text.read(self.root, path))
                    self.words.update(re.findall(r"[A-Za-z_]\w*", code))
        return all(part in self.words for part in name.split("::"))

    def check(self, path, line, text):
        """`text`: a comment, or a part of a Markdown file that begins in this line."""
        def at(found):
            return line + text.count("\n", 0, found.start())

        flat = text
        for found in NAMED_FILE.finditer(flat):
            name = found["path"]
            before = flat[: found.start()]
            if os.path.basename(name) in MADE_ELSEWHERE or re.search(r"https?://\S*$", before):
                continue
            if not self.matches(name, path):
                self.offend(path, at(found), f"{name} is not in the repository")
        for found in NAMED_PLACE.finditer(flat):
            name = found["path"].rstrip("./*-").split("*")[0].rstrip("/")
            if os.path.basename(name) in MADE_ELSEWHERE or re.search(r"https?://\S*$", flat[: found.start()]):
                continue
            if "." in os.path.basename(name) and re.search(rf"\.{OWN_KINDS}$", name):
                continue  # looked at above
            if not (name in self.folders or name in self.files or any(f.startswith(name) for f in self.files)):
                self.offend(path, at(found), f"{name} is not in the repository")
        for found in SECTIONS.finditer(flat):
            for target in self.matches(found["path"], path)[:1]:
                known = {m[1] for m in (re.match(r"§(\d+)", h) for h in self.headings(target)) if m}
                for number in re.findall(r"\d+", found["list"]):
                    if number not in known:
                        self.offend(path, at(found), f"{target} has no §{number}")
        for found in HEADING.finditer(flat):
            name = found["path"] if found["path"].endswith(".md") else found["path"] + ".md"
            title = " ".join(found["title"].split())
            if not any(title in self.headings(target) for target in self.matches(name, path)):
                self.offend(path, at(found), f'{name} has no heading "{title}"')
        for found in TOPIC.finditer(flat):
            help_folder = os.path.join(self.root, "src/cli/help")
            table = "src/cli/option/command_table.cpp"
            if not os.path.isdir(help_folder) or table not in self.files:
                continue
            is_command = f'"{found["topic"]}"' in source_text.read(self.root, table)
            if not is_command and f"src/cli/help/{found['topic']}.md" not in self.files:
                self.offend(path, at(found), f"`amend help {found['topic']}` has no such topic")

    def check_see(self, path, line, text):
        for found in SEE.finditer(text):
            name = found["name"]
            is_name = "::" in name or "_" in name or found["call"] or text[found.start("name") - 1] == "`"
            if is_name and not self.knows_word(name):
                self.offend(path, line + text.count("\n", 0, found.start()), f"see {name}: there is no such name")

    def check_links(self, path, text):
        fence = False
        for number, line in enumerate(text.split("\n"), 1):
            fence ^= bool(re.match(r"\s*(```|~~~)", line))
            for found in () if fence else LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                target, _, anchor = found["target"].partition("#")
                if re.match(r"[a-z]+:", target):
                    continue
                file = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
                if file not in self.files and file not in self.folders:
                    self.offend(path, number, f"the link to {found['target']} leads nowhere")
                elif anchor and anchor not in [slug(title) for title in self.headings(file)]:
                    self.offend(path, number, f"{file} has no heading for #{anchor}")

    def test_cases(self):
        """The names of all test cases, one a line."""
        names = []
        for path in self.files:
            if path.startswith("tests/") and path.endswith(".cpp"):
                for literal in TEST_CASE.findall(source_text.read(self.root, path)):
                    names.append("".join(text for _, text in source_text.cpp_strings(literal)))
        return "\n".join(names)

    def check_table_of_tests(self, path, text):
        """The column `test` of a table names test cases by their beginning, or programs of tests."""
        names = None
        inside = False
        for number, line in enumerate(text.split("\n"), 1):
            if not line.startswith("|"):
                inside = False
            elif line.startswith("| defence | test |"):
                inside = True
            elif inside and not line.startswith("|---"):
                names = self.test_cases() if names is None else names
                for name in re.findall(r"`([^`]*)`", re.split(r"(?<!\\)\|", line)[2]):
                    beginning = name.split("…")[0].rstrip(" .,")
                    if re.fullmatch(r"[\w/]+_test", name):
                        if not re.search(rf"\b{re.sub('_test$', '', name)}(_test\.cpp|/)", "\n".join(self.files)):
                            self.offend(path, number, f"there is no {name}")
                    elif beginning not in names:
                        self.offend(path, number, f'there is no test case "{beginning}"')

    def check_all(self):
        looked_at = 0
        for path in self.files:
            if source_text.is_skipped(path):
                continue
            text = source_text.read(self.root, path)
            if path.endswith(".md"):
                self.check(path, 1, re.sub(r"\]\([^)]*\)", "]", text))
                self.check_links(path, text)
                self.check_table_of_tests(path, text)
                looked_at += 1
            for line, comment in source_text.comments(path, text):
                self.check(path, line, comment)
                if path.endswith((".hpp", ".cpp")):
                    self.check_see(path, line, comment)
                looked_at += 1
        return looked_at


def must_refuse(name, content):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "src", "row"))
        for path, text in (("src/README.md", "# Code\n\n## §1 Way\n"), (name, content)):
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        project = Project(root)
        project.check_all()
        if len(project.offences) != 1:
            sys.exit(f"references: expected one offence in {content!r}, got {project.offences}")


def must_accept(content):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "src", "row"))
        for path, text in (("src/README.md", "# Code\n\n## §1 Way\n"), ("src/row/a.hpp", content), ("src/row/b.cpp", "")):
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        project = Project(root)
        project.check_all()
        if project.offences:
            sys.exit(f"references: expected no offence in {content!r}, got {project.offences}")


def main():
    must_refuse("src/row/a.hpp", "// As in house.md.\n")
    must_refuse("src/row/a.hpp", "// A rule (src/README.md §2).\n")
    must_refuse("src/row/a.hpp", "// See nowhere.hpp.\n")
    must_refuse("src/row/a.hpp", "// For more see no_such_name.\n")
    must_refuse("src/row/a.hpp", '// The way (src/README.md, "Rooms").\n')
    must_refuse("README.md", "[code](src/READ.md)\n")
    must_refuse("README.md", "[code](src/README.md#rooms)\n")
    must_refuse("README.md", "Look into `src/wonder/`.\n")
    must_refuse("README.md", "| defence | test |\n|---|---|\n| a | `row: no such case …` |\n")
    must_accept('// The way (src/README.md §1; README.md, "Code"): see a_name, row/b.cpp, src/row and to see it all.\n'
                "int a_name;\n")
    project = Project(sys.argv[1])
    looked_at = project.check_all()
    for offence in sorted(set(project.offences)):
        print(offence)
    if project.offences or looked_at < 10:
        sys.exit(f"references: {len(set(project.offences))} lead nowhere, {looked_at} comments and pages looked at")
    print(f"references: {looked_at} comments and pages looked at")


main()
