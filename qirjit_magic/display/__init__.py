"""Views of data as text and HTML: pure functions."""
