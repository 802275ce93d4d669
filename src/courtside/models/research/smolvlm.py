"""Jersey numbers read by SmolVLM2, a small vision-language model, with the notebook's question; plain or fine-tuned (a LoRA adapter)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from courtside.errors import ModelError
from courtside.models.research.batches import Batches
from courtside.models.research.pictures import HALF, Preparation
from courtside.models.research.placement import Placement, need, whole
from courtside.types import NUMBERS, Image, Reading

if TYPE_CHECKING:
    import torch

PROMPT = "Read the number."
MODEL = "HuggingFaceTB/SmolVLM2-500M-Video-Instruct"

_LANCZOS = 1
_MOST_TOKENS = 6
"""A number is at most a space, two digits and the end; whoever has not ended by then is telling a story."""

_NUMBER = re.compile(r"\s*(\d{1,2})\s*", re.ASCII)


def parse_number(answer: str) -> str | None:
    """Return the jersey number an answer consists of, or None: "The number is 23" is not a number, nor are "7a", "007" and "07". "00" is one, and not "0"."""
    match = _NUMBER.fullmatch(answer)
    return match[1] if match and match[1] in NUMBERS else None


def prompt_ids(tokenizer: Any, n_image_tokens: int, prompt: str = PROMPT) -> list[int]:
    """Return the tokens of one question about one undivided picture, as SmolVLM's processor writes it."""
    picture = "<fake_token_around_image><global-img>" + "<image>" * n_image_tokens + "<fake_token_around_image>"
    return list(tokenizer(f"<|im_start|>User:{picture}{prompt}<end_of_utterance>\nAssistant:", add_special_tokens=False)["input_ids"])


def n_image_tokens(config: Any) -> int:
    """Return how many tokens SmolVLM makes of one picture."""
    vision = config.vision_config
    return int((vision.image_size // vision.patch_size) ** 2 // config.scale_factor**2)


def crop_preparation(config: Any) -> Preparation:
    """Return what is done to a crop: as one square picture, stretched, as the processor does without splitting; a crop of 30 pixels has nothing to split."""
    side = int(config.vision_config.image_size)
    return Preparation((side, side), None, *HALF, _LANCZOS)


class SmolVlmReader:
    """``NumberReader`` over SmolVLM2.

    The answer is decoded greedily; its confidence is the product of the probabilities of its tokens, the end among them, so that a "2" that might have gone on
    to be a "23" is not sure.

    Args:
        model: a folder with config.json and weights, or an id on the Hugging Face hub; by default the adapter's own base, or else ``MODEL``.
        adapter: a folder, or hub id, of a LoRA adapter (peft), as ``courtside train smolvlm`` writes it.
        batch: crops per call of the network at first.
        device: see ``Placement``, as ``precision`` and ``offline``.
        precision: see ``Placement``.
        offline: see ``Placement``.
    """

    def __init__(
        self, model: str | None = None, adapter: str | None = None, batch: int = 16, device: str = "auto", precision: str = "auto", offline: bool = False
    ) -> None:
        self.model, self.adapter = model, adapter
        self._placement, self._batches = Placement(device, precision, offline), Batches(batch, model or adapter or MODEL)

    @cached_property
    def _source(self) -> str:
        if self.model or not self.adapter:
            return self.model or MODEL
        need("transformers", "research")
        document = self._placement.document(self.adapter, "adapter_config.json")
        if not document or not document.get("base_model_name_or_path"):
            raise ModelError(f"{self.adapter}: no adapter_config.json that names its base model; set numbers.model to it")
        return str(document["base_model_name_or_path"])

    @cached_property
    def _network(self) -> Any:
        device, dtype = self._placement.torch_device(), self._placement.dtype()
        network = load_smolvlm(self._source, self._placement)
        if self.adapter:
            peft = need("peft", "research")
            if Path(self.adapter).expanduser().is_dir() and not Path(self.adapter, "adapter_config.json").expanduser().is_file():
                raise ModelError(f"{self.adapter}: no adapter_config.json in this folder; numbers.adapter is the folder of a LoRA adapter")

            def load(source: str, **options: Any) -> Any:
                return peft.PeftModel.from_pretrained(network, source, **options)

            network = self._placement.load(self.adapter, "numbers.adapter", load).merge_and_unload()
        return network.to(device=device, dtype=dtype).eval()

    @cached_property
    def _tokenizer(self) -> Any:
        return load_tokenizer(self._source, self._placement)

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """See ``NumberReader.read``. What is not a number and nothing else reads as None."""
        return self._batches.run(crops, self._read)

    def _read(self, crops: Sequence[Image]) -> list[Reading]:
        import torch

        network, tokenizer, device = self._network, self._tokenizer, self._placement.torch_device()
        prepare = crop_preparation(network.config)
        pictures = torch.from_numpy(np.stack([prepare(crop if crop.size else np.zeros((1, 1, 3), np.uint8)) for crop in crops]))
        question = prompt_ids(tokenizer, n_image_tokens(network.config))
        asked = torch.tensor([question] * len(crops), device=device)
        ends = sorted({tokenizer.convert_tokens_to_ids("<end_of_utterance>"), tokenizer.eos_token_id} - {None})
        with torch.inference_mode():
            out = network.generate(
                input_ids=asked,
                attention_mask=torch.ones_like(asked),
                pixel_values=pictures[:, None].to(device, network.dtype),
                max_new_tokens=_MOST_TOKENS,
                do_sample=False,
                eos_token_id=ends,
                pad_token_id=ends[0],
                return_dict_in_generate=True,
                output_logits=True,
            )
        answers = out.sequences[:, len(question) :].cpu()
        # pads after a finished answer count for nothing: their logits are of a row that goes on without meaning
        chances = torch.stack([logits.float().softmax(-1).cpu() for logits in out.logits], 1)
        return [self._reading(answer, chance, ends) for answer, chance in zip(answers, chances, strict=True)]

    def _reading(self, answer: torch.Tensor, chance: torch.Tensor, ends: Sequence[int]) -> Reading:
        tokens: list[int] = []
        sure = 1.0
        for step, token in enumerate(answer.tolist()):
            sure *= float(chance[step, token])
            if token in ends:
                return Reading(parse_number(self._tokenizer.decode(tokens, skip_special_tokens=True)), sure)
            tokens.append(token)
        return Reading(None, sure)  # never came to an end


def load_smolvlm(source: str, placement: Placement) -> Any:
    """Return the model in single precision.

    Raises:
        ModelError: it can't be had, or is of another kind.
    """

    def load(source: str, **options: Any) -> Any:
        from transformers import SmolVLMForConditionalGeneration

        return whole(SmolVLMForConditionalGeneration.from_pretrained(source, dtype="float32", output_loading_info=True, **options), source)

    return placement.load(source, "numbers.model", load, ("smolvlm",))


def load_tokenizer(source: str, placement: Placement) -> Any:
    """Return the tokenizer beside the model.

    Raises:
        ModelError: it can't be had, or lacks SmolVLM's words.
    """

    def load(source: str, **options: Any) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(source, **options)

    tokenizer = placement.load(source, "numbers.model", load)
    for word in ("<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"):
        if tokenizer.convert_tokens_to_ids(word) in (None, tokenizer.unk_token_id):
            raise ModelError(f"{source}: its tokenizer does not know {word}; this is not SmolVLM2's")
    return tokenizer
