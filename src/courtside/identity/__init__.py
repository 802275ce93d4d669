"""Evidence to names: tracklets, teams, numbers and who is who. Pure functions over arrays, no pixels and no models."""
