"""Pixels to arrays: the only room that loads a model library, and only when asked to."""
