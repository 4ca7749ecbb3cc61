"""Connections to vendor accounts: their secrets, limits, access tokens, and the clients that talk for them."""
