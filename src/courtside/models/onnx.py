"""Opening an ONNX model. The weights' hash is checked by ``models.zoo``; here they only have to load."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime as ort


def open_session(weights: Path, threads: int = 0, gpu: bool = False) -> ort.InferenceSession:
    """Open ``weights`` on the CPU with ``threads`` threads (0: all cores), or with ``gpu`` on the CUDA GPU as far as it goes there.

    Raises:
        ModelError: the file is missing or not an ONNX model.
    """
    import onnxruntime as ort

    if not weights.is_file():
        raise ModelError(f"{weights}: no such model file")
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or (os.cpu_count() or 1)
    # Threads that spin while they wait take the core from the decoder beside them.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if gpu else ["CPUExecutionProvider"]
        return ort.InferenceSession(str(weights), options, providers=providers)
    except Exception as error:  # onnxruntime raises a dozen pybind types with no common base
        raise ModelError(f"{weights}: not a usable ONNX model ({str(error).splitlines()[0]})") from error
