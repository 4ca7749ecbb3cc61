"""Workbooks of the bulk-buy offers: the invitation in, the answers out, and the round trip of one stage."""
