"""Row 0: pure values and arithmetic shared by every package."""
