"""What a run found, to be read by people."""
