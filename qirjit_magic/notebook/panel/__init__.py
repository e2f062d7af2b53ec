"""The panel: choose an entry point, run it, see what it gives. What needs no widget is plain Python, in rooms below."""

from qirjit_magic.notebook.panel.panel import Panel as Panel
