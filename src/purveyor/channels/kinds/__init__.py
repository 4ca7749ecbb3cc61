"""How files come in, one module a way."""
