"""courtside: find, follow and name every player in a basketball broadcast clip."""

__version__ = "0.1.0"
