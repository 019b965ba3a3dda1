"""The picture: one panel for each workload, one bar for each installer. Its colours follow the reader's theme."""

from html import escape

from . import text
from .targets import INSTALL_TO_BSDTAR

_WIDTH, _LEFT, _RIGHT = 760, 170, 120
_BAR, _GAP, _PANEL_HEAD, _TOP = 18, 8, 44, 34
# A panel ends at this many times bsdtar's median; what is longer is cut off there.
_LONGEST = 6
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .title { font-weight: 600; font-size: 15px; }
    .panel { font-weight: 600; }
    .note { fill: #57606a; font-size: 12px; }
    .other { fill: #8c959f; } .mark { fill: #4c8dae; } .ours { fill: #e8590c; }
    .whisker { stroke: #24292f; stroke-width: 1.5; fill: none; }
    .target { stroke: #2da44e; stroke-width: 1.5; stroke-dasharray: 4 3; } .target-text { fill: #1a7f37; font-size: 12px; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .note { fill: #9da7b3; } .whisker { stroke: #e6edf3; }
      .other { fill: #6e7681; } .target { stroke: #3fb950; } .target-text { fill: #56d364; }
    }
"""


def svg(installs: dict[str, dict[str, dict]], titles: dict[str, str]) -> str:
    """Draws the medians with their ranges."""
    parts: list[str] = []
    top = _TOP
    for name, peers in installs.items():
        if peers:
            panel, top = _panel(f"{name}: {titles[name]}", peers, INSTALL_TO_BSDTAR.get(name), top)
            parts += panel
    height = top + 26
    caption = "Medians; lines reach from the fastest run to the slowest. Dashed: the target, a share of bsdtar's median."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img">',
            "  <title>Durable install, time by installer and workload</title>",
            f"  <style>{_STYLE}  </style>",
            _text(12, 22, "Durable install (shorter is better)", "title"),
            *parts,
            _text(12, height - 10, caption, "note"),
            "</svg>",
            "",
        ]
    )


def _panel(title: str, peers: dict[str, dict], target: float | None, top: int) -> tuple[list[str], int]:
    limit = min(max(peer["max"] for peer in peers.values()), 1.15 * max(peer["median"] for peer in peers.values()))
    if bsdtar := peers.get("bsdtar -x"):
        limit = min(limit, _LONGEST * bsdtar["median"])
    scale = (_WIDTH - _LEFT - _RIGHT) / limit
    parts = [_text(_LEFT, top + 22, title, "panel")]
    y = first = top + _PANEL_HEAD - 10
    for name, peer in peers.items():
        parts += _bar(name, peer, y, scale, limit)
        y += _BAR + _GAP
    if target is not None and bsdtar:
        x = round(_LEFT + bsdtar["median"] * target * scale, 1)
        parts.append(f'  <line class="target" x1="{x}" y1="{first - 4}" x2="{x}" y2="{y}"/>')
        label = f"target: {target:g} x bsdtar"
        parts.append(f'  <text class="target-text" x="{_WIDTH - _RIGHT}" y="{top + 22}" text-anchor="end">{label}</text>')
    return parts, y + 4


def _bar(name: str, peer: dict, y: int, scale: float, limit: float) -> list[str]:
    kind = {"ypkg": "ours", "bsdtar -x": "mark"}.get(name, "other")
    middle = y + _BAR / 2
    length = round(min(peer["median"], limit) * scale, 1)
    low, high = (round(_LEFT + min(peer[end], limit) * scale, 1) for end in ["min", "max"])
    ends = f"M{low} {middle - 4}V{middle + 4}M{low} {middle}H{high}"
    # What goes beyond the panel ends in an arrow.
    ends += f"M{high} {middle - 4}V{middle + 4}" if peer["max"] <= limit else "m-5 -4l5 4l-5 4"
    return [
        f'  <text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
        f'  <rect class="{kind}" x="{_LEFT}" y="{y}" width="{length}" height="{_BAR}" rx="2"/>',
        f'  <path class="whisker" d="{ends}"/>',
        _text(_WIDTH - _RIGHT + 14, y + 14, text.seconds(peer["median"])),
    ]


def _text(x: float, y: float, content: str, kind: str = "") -> str:
    styled = f' class="{kind}"' if kind else ""
    return f'  <text{styled} x="{x}" y="{y}">{escape(content)}</text>'
