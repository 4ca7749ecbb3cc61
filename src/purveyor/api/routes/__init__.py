"""One module per noun; each route parses, calls a verb, and shows."""
