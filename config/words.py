"""Words that may hold what others wrote: names of columns, values, types in a file."""


def inert(text: str) -> str:
    """Give a text in which no character is a command to a terminal or a log: each such one is shown as a sign."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
