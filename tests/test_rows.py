"""Every row of rows.toml that is required now has a test that names it, one for each side.

The marks are read from the tests' source: @pytest.mark.row("M36", side="adapter") on a function, a class, a parameter
or a module's pytestmark. One mark may name several rows. A row that has one side only needs no side in its mark.
"""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SIDES = {"A": "adapter", "R": "server"}
MOST_DOCUMENTED = 8

ROWS = tomllib.loads((TESTS / "rows.toml").read_text(encoding="utf-8"))
BY_NUMBER = {row["number"]: row for row in ROWS["row"]}


def _marks(path: Path) -> Iterator[tuple[str, str, int]]:
    """Yield (row, side, line) of every mark in a file."""
    text = path.read_text(encoding="utf-8")
    if "mark.row(" not in text:  # most files have none, and reading them all takes seconds
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"pytest.mark.row", "mark.row"}:
            given = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            for number in map(ast.literal_eval, node.args):
                yield number, given.get("side") or _only_side(number), node.lineno


def _only_side(number: str) -> str:
    """Return the side of a row that has one, and what is no side for any other."""
    sides = BY_NUMBER.get(number, {}).get("sides", "")
    return SIDES.get(sides, "side missing")


@pytest.fixture(scope="module")
def proofs() -> dict[tuple[str, str], list[str]]:
    """Return the places of the tests by row and side."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("*.py")):
        for number, side, line in _marks(path):
            found[number, side].append(f"{path.relative_to(TESTS)}:{line}")
    return found


def test_every_mark_names_a_row_and_one_of_its_sides(proofs: dict[tuple[str, str], list[str]]) -> None:
    wrong = {
        key: places
        for key, places in proofs.items()
        if key[0] not in BY_NUMBER or key[1] not in {SIDES[side] for side in BY_NUMBER[key[0]]["sides"]}
    }
    assert not wrong


def test_every_required_row_is_proved_on_each_of_its_sides(proofs: dict[tuple[str, str], list[str]]) -> None:
    missing = [
        f"{number} {SIDES[side]}: {row['text']}"
        for number, row in BY_NUMBER.items()
        if number[0] in ROWS["required"] and number not in ROWS["documented"]
        for side in row["sides"]
        if (number, SIDES[side]) not in proofs
    ]
    assert not missing, "\n".join(["rows without a test:", *missing])


def test_few_rows_are_documented_instead_of_tested() -> None:
    assert len(ROWS["documented"]) <= MOST_DOCUMENTED
    assert set(ROWS["documented"]) <= set(BY_NUMBER)


def test_rows_are_numbered_without_gaps_in_each_section() -> None:
    for section in ROWS["titles"]:
        numbers = [int(number[1:]) for number in BY_NUMBER if number[0] == section]
        assert numbers == list(range(1, len(numbers) + 1))
    assert len(BY_NUMBER) == len(ROWS["row"])
