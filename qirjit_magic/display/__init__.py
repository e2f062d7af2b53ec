"""Pure pictures of data: text and HTML."""
