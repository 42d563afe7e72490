"""The conditions of risk rules: read from text into a tree, and decided for one selection or for all at once.

The grammar is C's without literals: `!` binds before `&&`, `&&` before `||`, parentheses group, and `default` alone is
always true. A truth value is an integer whose bits stand for selections, so that one pass decides a single selection
(one bit) or a whole truth table (2**n bits).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

DEFAULT = "default"
DEEPEST = 40  # parentheses and negations within each other; AWS's own files never need more than two
TOKEN = re.compile(r"\s*(?:(?P<mark>&&|\|\||!|\(|\))|(?P<name>[A-Za-z0-9_]+)|(?P<strange>\S))")
BELONGS = "choice ids joined by && and ||, ! before an id or a parenthesis, or the word default alone"


class Malformed(Exception):
    """The text is no condition; the sentence says where it stops being one."""


@dataclass(frozen=True)
class Always:
    """The word `default`."""


@dataclass(frozen=True)
class Chosen:
    """A choice, by its id."""

    id: str


@dataclass(frozen=True)
class Not:
    """The opposite of a part."""

    part: "Condition"


@dataclass(frozen=True)
class All:
    """True when every part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Any:
    """True when at least one part is."""

    parts: tuple["Condition", ...]


Condition = Always | Chosen | Not | All | Any
Token = tuple[str, int]  # the text, and the column where it begins


def parse(text: str) -> Condition:
    """Read a condition (Malformed)."""
    tokens = list(_tokens(text))
    if [word for word, _ in tokens] == [DEFAULT]:
        return Always()
    parser = _Parser(tokens, len(text) + 1)
    tree = parser.either(0)
    parser.end()
    return tree


def names(condition: Condition) -> Iterator[str]:
    """Name the choices that a condition speaks of, in order, as often as it does."""
    match condition:
        case Chosen(id=id):
            yield id
        case Not(part=part):
            yield from names(part)
        case All(parts=parts) | Any(parts=parts):
            for part in parts:
                yield from names(part)


def decide(condition: Condition, values: Mapping[str, int], everything: int = 1) -> int:
    """Decide a condition; a choice without a value is not chosen, and `everything` has a bit for each selection."""
    match condition:
        case Always():
            return everything
        case Chosen(id=id):
            return values.get(id, 0) & everything
        case Not(part=part):
            return everything & ~decide(part, values, everything)
        case All(parts=parts):
            found = everything
            for part in parts:
                found &= decide(part, values, everything)
            return found
        case Any(parts=parts):
            found = 0
            for part in parts:
                found |= decide(part, values, everything)
            return found


def written(condition: Condition) -> str:
    """Write a condition; operators that differ are always parenthesised."""
    match condition:
        case Always():
            return DEFAULT
        case Chosen(id=id):
            return id
        case Not(part=part):
            return "!" + _grouped(part)
        case All(parts=parts):
            return " && ".join(_grouped(part) for part in parts)
        case Any(parts=parts):
            return " || ".join(_grouped(part) for part in parts)


def _grouped(part: Condition) -> str:
    return f"({written(part)})" if isinstance(part, All | Any) else written(part)


def _tokens(text: str) -> Iterator[Token]:
    for found in TOKEN.finditer(text.rstrip()):
        if strange := found["strange"]:
            raise Malformed(f"{strange!r} in column {found.start('strange') + 1}")
        word = found["mark"] or found["name"]
        yield word, found.end() - len(word) + 1


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, tokens: Sequence[Token], end: int) -> None:
        self.tokens = tokens
        self.at = 0
        self.last = end

    def either(self, depth: int) -> Condition:
        parts = [self.both(depth)]
        while self.take("||"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def both(self, depth: int) -> Condition:
        parts = [self.one(depth)]
        while self.take("&&"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Condition:
        word, column = self.next()
        if depth > DEEPEST:
            raise Malformed(f"more than {DEEPEST} parentheses and negations within each other in column {column}")
        match word:
            case "!":
                return Not(self.one(depth + 1))
            case "(":
                inner = self.either(depth + 1)
                if not self.take(")"):
                    raise Malformed(f"the parenthesis of column {column} is not closed")
                return inner
            case ")" | "&&" | "||":
                raise Malformed(f"{word!r} in column {column} where a choice id should stand")
            case "default":
                raise Malformed(f"'default' in column {column}; it stands alone or not at all")
        return Chosen(word)

    def next(self) -> Token:
        if self.at == len(self.tokens):
            raise Malformed(f"it ends in column {self.last} where a choice id should stand")
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, word: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at][0] == word
        self.at += found
        return found

    def end(self) -> None:
        if self.at < len(self.tokens):
            word, column = self.tokens[self.at]
            raise Malformed(f"{word!r} in column {column} where &&, || or the end should stand")
