"""A very small SAM2 that learns to follow people through simulated broadcasts: the proof that the stream of masks works, not a rival of the real weights."""
