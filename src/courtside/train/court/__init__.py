"""Training of the court model: where the painted landmarks and lines are."""
