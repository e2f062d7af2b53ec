"""The one style sheet: what every view of this project wears, in light and dark.

A view is HTML inside `styled`. Colours are Jupyter's variables, else those of VS Code, else a share of the text's own
colour, so that a page without a theme is readable too. Where a page takes the style sheet away, as JupyterLab does in a
notebook that is not trusted, elements look as the page has them: what is left then must be readable by itself. Such a
page drops SVG as well, but leaves its text; so a picture stands in `drawn`, which only a page with SVG shows.
"""

from __future__ import annotations

_INK = "var(--jp-ui-font-color1,var(--vscode-foreground,currentColor))"
_RULES: tuple[tuple[str, str], ...] = (
    (
        ".qirjit",
        f"--qirjit-ink:{_INK};"
        "--qirjit-soft:color-mix(in srgb,var(--qirjit-ink) 68%,transparent);"
        "--qirjit-line:var(--jp-border-color2,color-mix(in srgb,var(--qirjit-ink) 22%,transparent));"
        "--qirjit-track:color-mix(in srgb,var(--qirjit-ink) 7%,transparent);"
        "--qirjit-bar:var(--jp-brand-color1,var(--vscode-charts-blue,#2f80d0));"
        "--qirjit-rest:color-mix(in srgb,var(--qirjit-ink) 38%,transparent);"
        "--qirjit-second:var(--jp-warn-color1,var(--vscode-charts-orange,#d9822b));"
        "--qirjit-error:var(--jp-error-color1,var(--vscode-errorForeground,#d33));"
        "--qirjit-code:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace);"
        "color:var(--qirjit-ink);font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;"
        "line-height:1.5;max-width:100%;text-align:left",
    ),
    (".qirjit-title", "font-weight:600;margin:2px 0 6px"),
    (".qirjit-note", "color:var(--qirjit-soft);margin:4px 0"),
    (".qirjit-alert", "color:var(--qirjit-error)"),
    (".qirjit-code", "font-family:var(--qirjit-code);font-size:13px"),
    (".qirjit section", "margin:0 0 10px"),
    # Pictures, and what only goes with them: shown where there is SVG.
    (".qirjit-drawn:has(svg)", "display:block!important"),
    (".qirjit-figure", "max-width:640px"),
    (".qirjit svg", "display:block;overflow:visible;max-width:none;background:none"),
    (".qirjit svg text", "fill:var(--qirjit-ink);font-size:13px;font-family:var(--jp-ui-font-family,system-ui,sans-serif)"),
    (".qirjit svg .qirjit-name", "font-family:var(--qirjit-code)"),
    (".qirjit svg .qirjit-number", "font-variant-numeric:tabular-nums"),
    (".qirjit svg .qirjit-soft", "fill:var(--qirjit-soft)"),
    (".qirjit svg .qirjit-bar", "fill:var(--qirjit-bar)"),
    (".qirjit svg .qirjit-rest", "fill:var(--qirjit-rest)"),
    (".qirjit svg .qirjit-track", "fill:var(--qirjit-track)"),
    (".qirjit svg .qirjit-line", "stroke:var(--qirjit-line);fill:none"),
    (".qirjit svg .qirjit-hand", "stroke:var(--qirjit-bar);stroke-width:2;stroke-linecap:round"),
    (".qirjit svg .qirjit-dot", "fill:var(--qirjit-bar)"),
    (".qirjit svg g.qirjit-row:hover .qirjit-track", "fill:color-mix(in srgb,var(--qirjit-ink) 16%,transparent)"),
    # Choices that need no program: a box that is ticked changes what its section shows.
    (".qirjit-choices label", "display:inline-flex;align-items:center;gap:5px;margin:0 16px 0 0;cursor:pointer;"
     "color:var(--qirjit-soft)"),
    (".qirjit-choices input", "margin:0;accent-color:var(--qirjit-bar)"),
    (".qirjit-choices", "margin:6px 0 0"),
    (".qirjit-by-count", "display:none"),
    (".qirjit-views:has(.qirjit-sort:checked) .qirjit-by-count", "display:block"),
    (".qirjit-views:has(.qirjit-sort:checked) .qirjit-by-value", "display:none"),
    # The same numbers as a table: seen by readers of screens, and by all where the box asks or there is no picture.
    (
        ".qirjit-views:has(svg):not(:has(.qirjit-as-table:checked)) .qirjit-numbers",
        "position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;clip-path:inset(50%);"
        "white-space:nowrap;border:0",
    ),
    (".qirjit-views:has(.qirjit-as-table:checked) .qirjit-figure", "display:none"),
    (".qirjit-views", "position:relative"),
    # Tables; the doubled class is stronger than JupyterLab's own rules for tables.
    (".qirjit .qirjit-table.qirjit-table", "border-collapse:collapse;border:0;margin:0;font-size:13px;width:auto;"
     "table-layout:auto"),
    (
        ".qirjit .qirjit-table.qirjit-table :is(th,td)",
        "text-align:left;vertical-align:middle;padding:2px 18px 2px 0;border:0;background:none;white-space:pre;"
        "max-width:none;line-height:1.5;color:inherit",
    ),
    (".qirjit .qirjit-table.qirjit-table tr", "background:none"),
    (".qirjit .qirjit-table.qirjit-table thead th", "font-weight:600;color:var(--qirjit-soft);"
     "border-bottom:1px solid var(--qirjit-line)"),
    (".qirjit .qirjit-table.qirjit-table tbody th", "font-weight:400"),
    (".qirjit .qirjit-table.qirjit-table .qirjit-number", "text-align:right;font-variant-numeric:tabular-nums"),
    (".qirjit .qirjit-table.qirjit-table .qirjit-soft", "color:var(--qirjit-soft)"),
    (".qirjit .qirjit-table.qirjit-table .qirjit-name", "font-family:var(--qirjit-code)"),
    (".qirjit-scroll", "overflow-x:auto;max-width:100%"),
    # Text of programs, and what folds.
    (
        ".qirjit pre.qirjit-text",
        "margin:2px 0;padding:6px 10px;border-left:3px solid var(--qirjit-line);background:var(--qirjit-track);"
        "max-height:24em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;font-family:var(--qirjit-code);"
        "font-size:13px;color:inherit",
    ),
    (".qirjit pre.qirjit-wide", "white-space:pre;max-height:40em;line-height:1.25"),
    # A picture that may be long, and its figures beside it where there is room.
    (".qirjit-tall", "max-height:640px;overflow:auto"),
    (".qirjit-beside", "display:flex;flex-flow:row wrap;gap:8px 28px;align-items:flex-start"),
    (".qirjit summary", "cursor:pointer;color:var(--qirjit-soft);margin:4px 0"),
)
STYLE = "".join(f"{selector}{{{rule}}}" for selector, rule in _RULES)


def styled(fragment: str) -> str:
    """HTML that brings its style with it: a box of class ``qirjit`` around the fragment."""
    return f'<div class="qirjit"><style>{STYLE}</style>{fragment}</div>'


def drawn(picture: str, kind: str = "") -> str:
    """A picture, or what goes with one, that no page shows which has taken its SVG or this style sheet away.

    Args:
        picture: HTML that has an ``<svg>`` in it.
        kind: further classes of the box around it, such as ``qirjit-figure``.
    """
    return f'<div class="qirjit-drawn{f" {kind}" if kind else ""}" style="display:none">{picture}</div>'
