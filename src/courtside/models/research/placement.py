"""Where a torch model runs and how precisely; and getting it from a folder or from the Hugging Face hub."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from courtside.errors import ModelError

if TYPE_CHECKING:
    import torch

_T = TypeVar("_T")
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def need(module: str, extra: str) -> Any:
    """Import an optional library.

    Raises:
        ModelError: it is not installed, or does not work here.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModelError(f"{error.name} is not installed; this model needs the {extra} extra: pip install 'courtside[{extra}]'") from error
    except (ImportError, OSError, RuntimeError) as error:  # a build for another torch or system
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"{module} is installed but does not load ({reason}); install the {extra} extra again: pip install 'courtside[{extra}]'") from error


@dataclass(frozen=True, slots=True)
class Placement:
    """Where to run: ``device`` "auto" (cuda, else mps, else cpu) or torch's own name; ``precision`` "auto" (half precision on a GPU), fp32, fp16 or bf16.

    ``offline`` keeps to what is on this machine.
    """

    device: str = "auto"
    precision: str = "auto"
    offline: bool = False

    def torch_device(self) -> torch.device:
        """Return the device.

        Raises:
            ModelError: it is not there, or torch is not.
        """
        need("torch", "research")
        import torch

        has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
        if self.device == "auto":
            return torch.device(next(kind for kind, there in has.items() if there))
        try:
            device = torch.device(self.device)
        except RuntimeError as error:
            raise ModelError(f"compute.device={self.device}: no such device; use auto, cpu, cuda, cuda:1 or mps") from error
        if not has.get(device.type, False) or (device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count()):
            there = ", ".join(kind for kind, is_there in has.items() if is_there)
            raise ModelError(f"compute.device={self.device}: this torch sees no such device here (it sees {there}); use compute.device=auto")
        return device

    def dtype(self) -> torch.dtype:
        """Return the type to compute in: single precision on a CPU unless asked otherwise, else bfloat16 where the GPU has it, or float16."""
        need("torch", "research")
        import torch

        device = self.torch_device()
        if self.precision == "auto":
            if device.type == "cpu":
                return torch.float32
            return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
        return {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[self.precision]

    @contextlib.contextmanager
    def running(self) -> Any:
        """Compute without gradients, in ``dtype`` where torch thinks it safe."""
        need("torch", "research")
        import torch

        device, dtype = self.torch_device(), self.dtype()
        with torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            yield

    def load(self, source: str, setting: str, load: Callable[..., _T], kinds: Collection[str] = ()) -> _T:
        """Call ``load(source, local_files_only=...)`` of a transformers class.

        Args:
            source: a folder with config.json and the weights, or an id on the Hugging Face hub ("owner/name").
            setting: where the user says it, as "detector.model".
            load: a ``from_pretrained``.
            kinds: the model types that will do; nothing is loaded of another one, because transformers would make up the weights that are not there.

        Raises:
            ModelError: the folder holds no such model, or the hub can't be reached; it says which files belong where.
        """
        path = Path(source).expanduser()
        is_folder = path.is_dir()
        if path.is_file():
            raise ModelError(f"{source}: is a file; {setting} is a folder with config.json and model.safetensors, or an id on the Hugging Face hub")
        if is_folder and not any((path / name).is_file() for name in ("config.json", "adapter_config.json")):
            raise ModelError(f"{source}: no config.json in this folder; {setting} is a folder with config.json and model.safetensors")
        if not is_folder and not _HUB_ID.fullmatch(source):
            raise ModelError(f"{source}: no such folder, and no id on the Hugging Face hub (owner/name); set {setting} to one of them")
        need("transformers", "research")
        need("transformers.utils.logging", "research").disable_progress_bar()  # of opening files, which is quick; downloads keep theirs
        stays_here = is_folder or self.offline
        try:
            with _no_network() if stays_here else contextlib.nullcontext():
                config = self._document(source, "config.json") if kinds else None
                if config is not None and config.get("model_type") not in kinds:
                    raise ModelError(f"{source}: is a model of type {config.get('model_type')!r}; {setting} must be one of {', '.join(kinds)}")
                return load(str(path) if is_folder else source, local_files_only=stays_here)
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            reason = _first_line(error)
            if is_folder:
                raise ModelError(f"{source}: can't be loaded ({reason})") from error
            not_here = "is not among what was downloaded before, and compute.offline is on"
            where = not_here if self.offline else f"can't be had from the Hugging Face hub ({reason})"
            by_hand = f"`hf download {source} --local-dir FOLDER` where there is a network, copy FOLDER (config.json, model.safetensors and the rest) here"
            raise ModelError(f"{source}: {where}; {by_hand} and set {setting}=FOLDER") from error

    def document(self, source: str, name: str) -> dict[str, Any] | None:
        """Return the JSON file ``name`` beside a model, or None where it has none."""
        with _no_network() if self.offline else contextlib.nullcontext():
            try:
                return self._document(source, name)
            except OSError:
                return None

    def _document(self, source: str, name: str) -> dict[str, Any] | None:
        from transformers.utils import cached_file

        folder = Path(source).expanduser()
        if folder.is_dir():
            path = str(folder / name) if (folder / name).is_file() else None
        else:
            path = cached_file(source, name, local_files_only=self.offline, _raise_exceptions_for_missing_entries=False)
        return json.loads(Path(path).read_text(encoding="utf-8")) if path else None


def whole(answer: tuple[Any, dict[str, Any]], source: str) -> Any:
    """Return the model of a ``from_pretrained(..., output_loading_info=True)``.

    Raises:
        ModelError: weights are missing from its files, or are of another shape; transformers would go on with random ones.
    """
    model, info = answer
    lacking = sorted([*info.get("missing_keys", ()), *(key[0] if isinstance(key, tuple) else key for key in info.get("mismatched_keys", ()))])
    if lacking:
        raise ModelError(f"{source}: its files lack {len(lacking)} of the model's weights ({lacking[0]} ...); this is not a trained model of this kind")
    return model


@contextlib.contextmanager
def _no_network() -> Any:
    """Keep the hub's library from the network, as HF_HUB_OFFLINE=1 does: ``local_files_only`` alone lets transformers ask the hub for adapters all the same."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".:") if lines else type(error).__name__
