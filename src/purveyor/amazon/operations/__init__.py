"""Amazon's operations as functions of a client, named as on the wire."""
