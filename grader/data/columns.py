"""Which of the two columns of train.txt holds the title, as the code that reads the file uses them.

Problem 50 asks for category and title, in this order; some write the title first. Where the code says nothing, it is the
category.
"""

from __future__ import annotations

import re

# train[0].str.lower(), row[1], line.split("\\t")[1], df.iloc[:, 0]
OF_A_ROW = (
    r"\b(?:train|valid|val|test|dev|df|data|row|line|col|cols|columns|fields?|items?|parts?|elem|record|[rldp])\w{0,20}"
    r"(?:\.(?:values|iloc|loc)|\.r?strip\([^()\n]{0,10}\))*(?:\.split\([^()\n]{0,10}\))?\[\s*(?::\s*,\s*)?([01])\s*\]"
)
# splited_line[0], line.split("\\t")[1]; but not item[0], which may be of a batch: ids, and not a title
OF_A_LINE = (
    r"(?:\w{1,20}_)?(?:line|cols|fields)(?:\.r?strip\([^()\n]{0,10}\))?(?:\.split\([^()\n]{0,10}\))?\[\s*([01])\s*\]"
)
TITLE = r"(?:title|headline|text|sentence|sent|doc|news)s?"
CATEGORY = r"(?:category|categories|cat|label|labels|target|cls|class|tag|genre)"
A_TITLE = (
    re.compile(OF_A_ROW + r"\s*\.(?:str\b|lower\(|split\(\s*(?:['\"] ['\"])?\s*\))"),
    re.compile(rf"\b(?:\w{{0,20}}_)?{TITLE}(?:_\w{{0,20}})?\s*=\s*{OF_A_ROW}\s*(?:$|[.;#\n)])", re.IGNORECASE),
    re.compile(rf"\b(?:\w{{0,20}}_)?(?:{TITLE}|[xX])(?:_\w{{0,20}})?\.append\(\s*{OF_A_LINE}\s*\)", re.IGNORECASE),
    re.compile(
        r"\b(?:tokenize\w{0,20}|get_ids?|to_ids?|\w{0,20}2ids?|clean\w{0,20}|preprocess\w{0,20})\(\s*" + OF_A_ROW
    ),
)
A_CATEGORY = (
    re.compile(
        OF_A_ROW + r"\s*(?:==\s*['\"][btem]['\"]|\.(?:map|replace)\(\s*(?:\{|\w{0,20}(?:cat|label|dic|lambda)))"
    ),
    re.compile(
        rf"\b(?:\w{{0,20}}_)?(?:{CATEGORY}|[yY])(?:_\w{{0,20}})?\s*=\s*{OF_A_ROW}\s*(?:$|[.;#\n)])", re.IGNORECASE
    ),
    re.compile(r"\b\w{0,20}(?:cat|label|dic)\w{0,20}\[\s*" + OF_A_ROW, re.IGNORECASE),
    re.compile(rf"\b(?:\w{{0,20}}_)?(?:{CATEGORY}|[yY])(?:_\w{{0,20}})?\.append\(\s*{OF_A_LINE}\s*\)", re.IGNORECASE),
)
# category, title = line.split("\\t");  for label, text in rows;  names=["TITLE", "CATEGORY"]; but not what a function returns:
# titles, labels = read(path)
FIRST_THEN = r"['\"]?\s*,\s*['\"]?"
BOTH = tuple(
    re.compile(rf"(?<!\w)(?:\w{{0,20}}_)?{first}(?:_\w{{0,20}})?{FIRST_THEN}(?:\w{{0,20}}_)?{second}(?:_\w{{0,20}})?['\"]?\s*(?:\]|\)|=(?!\s{{0,3}}[a-z_]\w{{0,40}}\()|in\b)", re.IGNORECASE)
    for first, second in ((TITLE, CATEGORY), (CATEGORY, TITLE))
)  # fmt: skip

# def get_label(file): ... text.append(line.split("\\t")[1])
FUNCTION = re.compile(r"^def[ \t]+(\w+)[^\n]*\n((?:[ \t][^\n]*\n|\n)+)", re.MULTILINE)
IN_A_NAME = tuple(re.compile(rf"(?<![a-z])(?:{kind})", re.IGNORECASE) for kind in (TITLE + "|features?", CATEGORY))


def votes_of_functions(code: str) -> int:
    """How many functions that are called after the title or the category take the title from the first column, less the others."""
    votes = 0
    for name, body in FUNCTION.findall(code):
        told = [kind.search(name.replace("_", " ")) is not None for kind in IN_A_NAME]
        places = set(re.findall(OF_A_ROW, body))
        if told.count(True) == 1 and len(places) == 1:
            votes += 1 if (places == {"0"}) == told[0] else -1
    return votes


def is_title_first(code: str) -> bool:
    """Whether the code takes the first column for the title."""
    votes = len(BOTH[0].findall(code)) - len(BOTH[1].findall(code))
    if votes:
        return votes > 0
    if votes := votes_of_functions(code):
        return votes > 0
    at = [(pattern, sign) for patterns, sign in ((A_TITLE, 1), (A_CATEGORY, -1)) for pattern in patterns]
    return sum(sign * (1 if place == "0" else -1) for pattern, sign in at for place in pattern.findall(code)) > 0
