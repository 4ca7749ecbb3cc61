"""Amazon's messages as values: readers tolerant, writers strict."""
