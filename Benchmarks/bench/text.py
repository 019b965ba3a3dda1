"""Figures as people read them."""


def seconds(value: float) -> str:
    if value < 0.01:
        return f"{value * 1000:.2f} ms"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def mebibytes(value: float) -> str:
    return f"{value / (1 << 20):.1f} MiB"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.1f} MB"


def ratio(value: float) -> str:
    return f"{value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table; columns behind the first are aligned to the right."""
    marks = [":--", *["--:"] * (len(head) - 1)]
    return ["| " + " | ".join(row) + " |" for row in [head, marks, *rows]]


def columns(rows: list[list[str]]) -> list[str]:
    """Lines in which the cells of each column stand below each other."""
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
