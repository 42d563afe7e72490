"""The terminal, on which nothing that others wrote is a command: neither markup nor a control character."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from config.words import inert

WIDTH = 120  # where no terminal says how wide it is


class Terminal(Console):
    """Standard output, or standard error; what moves the cursor and colours is Rich's own alone."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)
        if not self.is_terminal:
            self.width = WIDTH

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render, and show each control character that came with the words as a sign."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(inert(segment.text), segment.style)
