"""Boxes to tracks: people keep their id from frame to frame while the camera pans and zooms."""
