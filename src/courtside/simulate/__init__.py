"""A simulated broadcast: seed in, clip and exact truth out."""
