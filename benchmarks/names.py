"""Names of artists, albums and songs, made up of many words in several scripts, and the same in every run."""

import random
import tomllib
from pathlib import Path

_DRAWN_FROM = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_WORDS = _DRAWN_FROM["words"].split()
_OTHER_SCRIPTS = [words.split() for words in _DRAWN_FROM["other_scripts"]]
_FIRST_NAMES = _DRAWN_FROM["first_names"].split()
_LAST_NAMES = _DRAWN_FROM["last_names"].split()
_IN_OTHER_SCRIPTS = 0.15  # of all names
_MIXED = 0.2  # of the words of such a name
_DECORATED = 0.1  # of all titles


class Names:
    """Make names by chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._artists: set[str] = set()

    def words(self, counts: tuple[int, ...]) -> str:
        """Return some words, mostly of one script; of ``counts`` one is drawn."""
        chance = self._chance
        script = chance.choice(_OTHER_SCRIPTS) if chance.random() < _IN_OTHER_SCRIPTS else _WORDS
        drawn = (chance.choice(_WORDS if chance.random() < _MIXED else script) for _ in range(chance.choice(counts)))
        return " ".join(word[0].upper() + word[1:] for word in drawn)

    def title(self) -> str:
        """Return the title of a song."""
        title, word = self.words((1, 2, 2, 3, 3, 4)), self._chance.choice(_WORDS).title()
        if self._chance.random() >= _DECORATED:
            return title
        forms = [f'The "{word}" {title}', f"{title} (Live at {word}, 1987)", f"{title} [{word} & Friends Remix]"]
        return self._chance.choice([*forms, f"Don't {word} {title}", f"{word}: {title} #2"])

    def artist(self) -> str:
        """Return a name that no other artist has."""
        person = f"{self._chance.choice(_FIRST_NAMES)} {self._chance.choice(_LAST_NAMES)}"
        name = self._chance.choice((person, f"The {self.words((1, 1, 2))}s", self.words((1, 2, 2, 3))))
        while name in self._artists:
            name += f" {self._chance.randint(2, 99)}"
        self._artists.add(name)
        return name
