"""The simulated broadcast's pictures: a ``Painter`` draws moments of a game as a camera in an arena sees them."""

from courtside.simulate.draw.arena import Arena, make_arena
from courtside.simulate.draw.painter import Drawn, DrawnPerson, Painter

__all__ = ["Arena", "Drawn", "DrawnPerson", "Painter", "make_arena"]
