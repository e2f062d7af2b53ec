"""The one style sheet that all views use, for light and dark themes.

A view is HTML inside `styled`. Colours are Jupyter's variables, else those of VS Code, else a share of the text's own
colour, so that a page without a theme is readable too. Where a page takes the style sheet away, as JupyterLab does in a
notebook that is not trusted, elements look as the page has them: what is left then must be readable by itself. Such a
page drops SVG as well, but leaves its text; so a picture stands in `drawn`, which only a page with SVG shows.
"""

from __future__ import annotations

import re
from html import escape


def _squeezed(sheet: str) -> str:
    bare = " ".join(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL).split())
    return re.sub(r" ?([{};]) ?|([:,]) ", r"\1\2", bare)


_SHEET = """
.qirjit {
    --qirjit-ink: var(--jp-ui-font-color1,var(--vscode-foreground,currentColor));
    --qirjit-soft: color-mix(in srgb,var(--qirjit-ink) 68%,transparent);
    --qirjit-line: var(--jp-border-color2,color-mix(in srgb,var(--qirjit-ink) 22%,transparent));
    --qirjit-track: color-mix(in srgb,var(--qirjit-ink) 7%,transparent);
    --qirjit-bar: var(--jp-brand-color1,var(--vscode-charts-blue,#2f80d0));
    --qirjit-rest: color-mix(in srgb,var(--qirjit-ink) 38%,transparent);
    --qirjit-second: var(--jp-warn-color1,var(--vscode-charts-orange,#d9822b));
    --qirjit-error: var(--jp-error-color1,var(--vscode-errorForeground,#d33));
    --qirjit-code: var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace);
    color: var(--qirjit-ink); font-family: var(--jp-ui-font-family,system-ui,sans-serif); font-size: 13px;
    line-height: 1.5; max-width: 100%; text-align: left;
}
.qirjit-title { font-weight: 600; margin: 2px 0; }
.qirjit-note { color: var(--qirjit-soft); margin: 2px 0 6px; }
.qirjit-alert { color: var(--qirjit-error); }
.qirjit-code { font-family: var(--qirjit-code); font-size: 13px; }
.qirjit section { margin: 0 0 10px; }
/* Pictures, and what only goes with them: shown where there is SVG. */
.qirjit-drawn:has(svg) { display: block!important; }
.qirjit-figure { max-width: 640px; }
.qirjit svg { display: block; overflow: visible; max-width: none; background: none; }
.qirjit svg text {
    fill: var(--qirjit-ink); font-size: 13px; font-family: var(--jp-ui-font-family,system-ui,sans-serif);
}
.qirjit svg .qirjit-name { font-family: var(--qirjit-code); }
.qirjit svg .qirjit-number { font-variant-numeric: tabular-nums; }
.qirjit svg .qirjit-soft { fill: var(--qirjit-soft); }
.qirjit svg .qirjit-bar { fill: var(--qirjit-bar); }
.qirjit svg .qirjit-rest { fill: var(--qirjit-rest); }
.qirjit svg .qirjit-track { fill: var(--qirjit-track); }
.qirjit svg .qirjit-line { stroke: var(--qirjit-line); fill: none; }
.qirjit svg .qirjit-hand { stroke: var(--qirjit-bar); stroke-width: 2; stroke-linecap: round; }
.qirjit svg .qirjit-dot { fill: var(--qirjit-bar); }
.qirjit svg .qirjit-strong { font-weight: 600; }
.qirjit svg .qirjit-gap {
    stroke: var(--jp-layout-color0,var(--vscode-editor-background,Canvas)); stroke-width: 3;
}
.qirjit svg .qirjit-ring { stroke: var(--qirjit-ink); stroke-opacity: .3; fill: none; }
.qirjit svg .qirjit-row>.qirjit-track { fill: transparent; }
.qirjit svg .qirjit-row:hover>.qirjit-track { fill: var(--qirjit-track); }
/* Choices that need no program: a box that is ticked changes what its section shows. */
.qirjit-choices { margin: 6px 0 0; color: var(--qirjit-soft); }
.qirjit-views:has(svg) .qirjit-choices { display: block!important; }
.qirjit-choices label {
    display: inline-flex; align-items: center; gap: 6px; margin: 0 18px 0 0; cursor: pointer;
}
.qirjit-choices input {
    appearance: none; box-sizing: border-box; width: 13px; height: 13px; margin: 0; padding: 2px;
    border: 1px solid var(--qirjit-soft); border-radius: 3px; background: none;
}
.qirjit-choices input:checked { background: var(--qirjit-bar) content-box; border-color: var(--qirjit-bar); }
.qirjit-choices input:focus-visible { outline: 2px solid var(--qirjit-bar); outline-offset: 1px; }
.qirjit-views:has(.qirjit-sort:checked) .qirjit-row { transform: translateY(var(--qirjit-move,0)); }
@media (prefers-reduced-motion: no-preference) { .qirjit-row { transition: transform .3s; } }
.qirjit-views:has(.qirjit-as-table:checked) .qirjit-drawn.qirjit-figure { display: none!important; }
/* The same numbers as a table: seen by readers of screens, and by all where the box asks or there is no picture. */
.qirjit-views:has(svg):not(:has(.qirjit-as-table:checked)) .qirjit-numbers {
    position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap; border: 0;
}
.qirjit-views { position: relative; }
/* Tables; the doubled class is stronger than JupyterLab's own rules for tables. */
.qirjit .qirjit-table.qirjit-table {
    border-collapse: collapse; border: 0; margin: 0; font-size: 13px; width: auto; table-layout: auto;
}
.qirjit .qirjit-table.qirjit-table :is(th,td) {
    text-align: left; vertical-align: middle; padding: 2px 18px 2px 0; border: 0; background: none;
    white-space: pre; max-width: none; line-height: 1.5; color: inherit;
}
.qirjit .qirjit-table.qirjit-table tr { background: none; }
.qirjit .qirjit-table.qirjit-table thead th {
    font-weight: 600; color: var(--qirjit-soft); border-bottom: 1px solid var(--qirjit-line);
}
.qirjit .qirjit-table.qirjit-table tbody th { font-weight: 400; }
.qirjit .qirjit-table.qirjit-table .qirjit-number { text-align: right; font-variant-numeric: tabular-nums; }
.qirjit .qirjit-table.qirjit-table .qirjit-soft { color: var(--qirjit-soft); }
.qirjit .qirjit-table.qirjit-table .qirjit-name { font-family: var(--qirjit-code); }
.qirjit .qirjit-table.qirjit-table td.qirjit-tight { padding-right: 6px; }
.qirjit .qirjit-table.qirjit-table svg { display: inline-block; vertical-align: middle; }
@media (max-width: 480px) {
    .qirjit .qirjit-table.qirjit-table .qirjit-wide { display: none; }
    .qirjit .qirjit-table.qirjit-table { font-size: 12px; }
    .qirjit .qirjit-table.qirjit-table :is(th,td) { padding-right: 6px; }
}
.qirjit-scroll { overflow-x: auto; max-width: 100%; }
/* Records as a tree. */
.qirjit ul.qirjit-tree,.qirjit .qirjit-tree ul { list-style: none; margin: 0; padding: 0; }
.qirjit .qirjit-tree ul { margin-left: 5px; padding-left: 14px; border-left: 1px solid var(--qirjit-line); }
.qirjit .qirjit-tree li { margin: 0; padding: 1px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.qirjit .qirjit-kind {
    display: inline-block; min-width: 4.8em; color: var(--qirjit-soft); font-size: 11px;
    letter-spacing: .04em;
}
.qirjit .qirjit-value { font-family: var(--qirjit-code); font-weight: 600; }
.qirjit .qirjit-label { color: var(--qirjit-soft); margin-left: 1em; }
.qirjit .qirjit-items { color: var(--qirjit-soft); }
/* Text of programs, and what folds. */
.qirjit pre.qirjit-text {
    margin: 2px 0; padding: 6px 10px; border-left: 3px solid var(--qirjit-line);
    background: var(--qirjit-track); max-height: 24em; overflow: auto; white-space: pre-wrap;
    overflow-wrap: anywhere; font-family: var(--qirjit-code); font-size: 13px; color: inherit;
}
.qirjit pre.qirjit-circuit-text { white-space: pre; max-height: 40em; line-height: 1.25; }
/* A picture that may be long, and its figures beside it where there is room. */
.qirjit-tall { max-height: 640px; overflow: auto; }
.qirjit-beside { display: flex; flex-flow: row wrap; gap: 8px 28px; align-items: flex-start; }
.qirjit summary { cursor: pointer; color: var(--qirjit-soft); margin: 4px 0; }
"""
STYLE = _squeezed(_SHEET)
# A picture in a file has no theme around it, and programs that draw it know few words of CSS.
_ALONE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.qirjit-name{font-family:ui-monospace,Menlo,Consolas,monospace}"
    ".qirjit-number{font-variant-numeric:tabular-nums}.qirjit-strong{font-weight:600}"
    ".qirjit-soft{fill:#6e7781}.qirjit-bar,.qirjit-dot{fill:#2f80d0}.qirjit-rest{fill:#9aa4ae}"
    ".qirjit-row>.qirjit-track{fill:none}.qirjit-track{fill:#8b949e;fill-opacity:.14}.qirjit-line{stroke:#8b949e;fill:none}"
    ".qirjit-gap{stroke:#fff;stroke-width:3}.qirjit-hand{stroke:#2f80d0;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.qirjit-soft{fill:#9aa4ae}.qirjit-gap{stroke:#0d1117}}"
)


def styled(fragment: str) -> str:
    """HTML that brings its style with it: a box of class ``qirjit`` around the fragment."""
    return f'<div class="qirjit"><style>{STYLE}</style>{fragment}</div>'


def guarded_picture(picture: str, kind: str = "") -> str:
    """A picture, or what goes with one, that no page shows which has taken its SVG or this style sheet away.

    Args:
        picture: HTML that has an ``<svg>`` in it.
        kind: further classes of the box around it, such as ``qirjit-figure``.
    """
    return f'<div class="qirjit-drawn{f" {kind}" if kind else ""}" style="display:none">{picture}</div>'


def svg_document(picture: str, width: float, height: float, label: str) -> str:
    """A picture as an SVG file: with a style of its own, readable on a light page and on a dark one.

    Args:
        picture: what is in it, of the classes of this style sheet.
        width: in pixels.
        height: likewise.
        label: what it shows, in words.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}"><style>{_ALONE}</style>'
        f"{picture}</svg>\n"
    )
