"""Put a mutated function in the place of the one that a process has imported, without importing anything again."""

import gc
from collections.abc import Mapping, Sequence
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType

Swap = tuple[CodeType, CodeType]  # what a function is made of: as it is, and mutated


def functions(file: str) -> Mapping[CodeType, Sequence[FunctionType]]:
    """Give the functions that a file has brought into this process, decorated and wrapped ones too, by their code."""
    found: dict[CodeType, list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == file:
            found.setdefault(one.__code__, []).append(one)
    return found


def swaps(source: str, mutated: str, file: str) -> list[Swap]:
    """Give the functions that differ; none where the difference is in what runs when the file is imported."""
    return _between(_compiled(source, file), _compiled(mutated, file)) or []


def swap(pairs: Sequence[Swap], live: Mapping[CodeType, Sequence[FunctionType]]) -> None:
    """Change every function that has the code of a pair, wherever it is held (ValueError: not the same closure)."""
    for was, now in pairs:
        for function in live[was]:
            function.__code__ = now


def lines(pairs: Sequence[Swap]) -> set[int]:
    """Give the lines of the functions that differ, and of all that is defined in them."""
    codes = (code for was, _ in pairs for code in _within(was))
    return {line for code in codes for *_, line in code.co_lines() if line is not None}


def _within(code: CodeType) -> list[CodeType]:
    return [code, *(deeper for inner in _inner(code) for deeper in _within(inner))]


def _between(was: CodeType, now: CodeType) -> list[Swap] | None:
    """Compare two bodies of a module or of a class; None where they themselves differ."""
    old, new, pairs = _inner(was), _inner(now), list[Swap]()
    if _itself(was) != _itself(now):
        return None
    for before, after in zip(old, new, strict=True):
        if before.co_flags & CO_OPTIMIZED:  # a function; the body of a class is none
            pairs += [(before, after)] if before != after else []
        elif (deeper := _between(before, after)) is not None:
            pairs += deeper
        else:
            return None
    return pairs


def _itself(code: CodeType) -> tuple[object, ...]:
    constants = ((const.co_qualname,) if isinstance(const, CodeType) else repr(const) for const in code.co_consts)
    return code.co_code, code.co_names, tuple(constants)


def _inner(code: CodeType) -> list[CodeType]:
    return [const for const in code.co_consts if isinstance(const, CodeType)]


def _compiled(source: str, file: str) -> CodeType:
    return compile(source, file, "exec", dont_inherit=True)
