"""Drawing: people with their names, overlays of detections, and the loop that makes a named video of them."""
