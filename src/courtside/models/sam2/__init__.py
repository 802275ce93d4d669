"""SAM2.1 and EdgeTAM as a stream: boxes in, masks that follow, memory that does not grow. Needs the research extra (torch, transformers)."""
