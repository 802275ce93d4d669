"""``python -m courtside``."""

from courtside.cli import main

main()
