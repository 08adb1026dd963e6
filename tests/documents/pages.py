"""The pages, read as what renders them reads them: code, links, headings."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of code: ``kind`` is the word behind the fence, ``line`` where it begins."""

    page: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def _inline(page: Path) -> Iterator[Token]:
    for token in _tokens(page):
        yield from token.children or ()


def blocks(*kinds: str) -> list[Block]:
    """Return all fenced blocks, or those of these kinds."""
    found = []
    for page in PAGES:
        for token in _tokens(page):
            if token.type in {"fence", "code_block"}:
                kind = token.info.strip()
                found.append(Block(page, (token.map or [0])[0] + 1, kind, token.content))
    return [block for block in found if not kinds or block.kind in kinds]


def code_spans(page: Path) -> list[str]:
    """Return what stands between single backticks."""
    return [token.content for token in _inline(page) if token.type == "code_inline"]


def links(page: Path) -> list[str]:
    """Return where links and pictures lead."""
    targets = [token.attrGet("href") or token.attrGet("src") for token in _inline(page)]
    return [str(target) for target in targets if target]


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    seen: Counter[str] = Counter()
    found = set()
    tokens = _tokens(page)
    for opening, content in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = "".join(child.content for child in content.children or ())
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return frozenset(found)
