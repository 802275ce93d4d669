"""Training our own models; everything here needs the ``train`` extra (torch, onnx)."""
