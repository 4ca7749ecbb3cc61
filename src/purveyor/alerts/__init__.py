"""What a person has to know though no page of its own shows it: one open alert per cause, closed when it is gone."""
