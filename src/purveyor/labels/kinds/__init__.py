"""The papers there are: each makes pages of a record."""
