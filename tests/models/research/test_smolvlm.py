"""SmolVLM2 reading numbers: how sure it is, how it is asked, and the contract, with a tiny model of the real class."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the research extra")
pytest.importorskip("transformers", reason="needs the research extra")

import torch

import tiny_models as tiny
from courtside.errors import ModelError
from courtside.models.research.smolvlm import PROMPT, SmolVlmReader, crop_preparation, n_image_tokens, prompt_ids
from courtside.types import NUMBERS, Image


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.smolvlm(tmp_path_factory.mktemp("smolvlm"))


def test_empty_and_shapes(folder: Path, pictures: list[Image]) -> None:
    reader = SmolVlmReader(str(folder), device="cpu")
    assert reader.read([]) == []
    before = [picture.copy() for picture in pictures]
    readings = reader.read([*pictures, np.zeros((0, 5, 3), np.uint8)])
    assert len(readings) == 4
    assert all(reading.text in (None, *NUMBERS) and 0 <= reading.confidence <= 1 for reading in readings)
    assert all(np.array_equal(a, b) for a, b in zip(pictures, before, strict=True))


def test_batch_equals_one_by_one(folder: Path, pictures: list[Image]) -> None:
    together = SmolVlmReader(str(folder), device="cpu").read(pictures)
    alone = [SmolVlmReader(str(folder), batch=1, device="cpu").read([picture])[0] for picture in pictures]
    for one, other in zip(together, alone, strict=True):
        assert one.text == other.text and math.isclose(one.confidence, other.confidence, rel_tol=1e-2)


def test_confidence_is_the_chance_of_the_answer_and_its_end(folder: Path) -> None:
    reader = SmolVlmReader(str(folder), device="cpu")
    tokenizer = reader._tokenizer
    end = tokenizer.convert_tokens_to_ids("<end_of_utterance>")
    two, three = (tokenizer(digit, add_special_tokens=False)["input_ids"][0] for digit in "23")
    chance = torch.zeros(4, len(tokenizer))
    for step, (token, probability) in enumerate([(two, 0.9), (three, 0.8), (end, 0.5)]):
        chance[step, token] = probability
    assert reader._reading(torch.tensor([two, three, end, end]), chance, [end]).text == "23"
    assert math.isclose(reader._reading(torch.tensor([two, three, end, end]), chance, [end]).confidence, 0.9 * 0.8 * 0.5, rel_tol=1e-5)
    assert reader._reading(torch.tensor([two, three, two, two]), chance, [end]).text is None  # never ended


def test_the_question_is_as_the_models_own_processor_asks_it(folder: Path) -> None:
    pytest.importorskip("jinja2", reason="renders chat templates")
    from transformers.models.smolvlm.processing_smolvlm import DEFAULT_CHAT_TEMPLATE, get_image_prompt_string

    reader: Any = SmolVlmReader(str(folder), device="cpu")
    said = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": PROMPT}]}]
    text = reader._tokenizer.apply_chat_template(said, chat_template=DEFAULT_CHAT_TEMPLATE, tokenize=False, add_generation_prompt=True)
    picture = get_image_prompt_string(0, 0, 4, "<fake_token_around_image>", "<image>", "<global-img>")
    expected = reader._tokenizer(text.replace("<image>", picture), add_special_tokens=False)["input_ids"]
    assert n_image_tokens(reader._network.config) == 4
    assert prompt_ids(reader._tokenizer, 4) == expected


def test_a_crop_is_prepared_as_the_models_own_processor_does(folder: Path) -> None:
    from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

    picture = np.kron(np.random.default_rng(0).integers(0, 255, (4, 3, 1), np.uint8), np.ones((10, 10, 3), np.uint8))
    processor = SmolVLMImageProcessorPil(size={"longest_edge": 128}, max_image_size={"longest_edge": 32}, do_image_splitting=False)
    theirs = processor([picture[:, :, ::-1]], return_tensors="np")["pixel_values"][0, 0]
    ours = crop_preparation(SmolVlmReader(str(folder), device="cpu")._network.config)(picture)
    # it scales twice, to the longest edge and then to the square; we once
    assert ours.shape == theirs.shape and np.abs(ours - theirs).mean() < 0.05


def test_an_adapter(folder: Path, tmp_path: Path, pictures: list[Image]) -> None:
    peft = pytest.importorskip("peft", reason="needs the research extra")
    from transformers import SmolVLMForConditionalGeneration

    base = SmolVLMForConditionalGeneration.from_pretrained(folder)
    adapted = peft.get_peft_model(base, peft.LoraConfig(r=2, target_modules=r".*text_model.*q_proj", init_lora_weights=False))
    with torch.no_grad():
        for name, part in adapted.named_parameters():
            if "lora" in name:
                part.normal_(0, 3)
    adapted.peft_config["default"].base_model_name_or_path = str(folder)
    adapted.save_pretrained(tmp_path)
    plain = SmolVlmReader(str(folder), device="cpu").read(pictures)
    by_itself = SmolVlmReader(adapter=str(tmp_path), device="cpu").read(pictures)  # it names its base
    both = SmolVlmReader(str(folder), str(tmp_path), device="cpu").read(pictures)
    assert by_itself == both and by_itself != plain


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"model": "nobody/no-such-model"}, r"numbers\.model=FOLDER"),
        ({"adapter": "nobody/no-such-model"}, r"adapter_config\.json"),
        ({"adapter": "{empty}"}, r"adapter_config\.json"),
        ({"model": "{folder}", "adapter": "{empty}"}, r"no adapter_config\.json in this folder"),
        ({"model": "{siglip}"}, "is a model of type 'siglip_vision_model'; numbers.model must be one of smolvlm"),
    ],
)
def test_what_is_not_there(folder: Path, tmp_path: Path, pictures: list[Image], options: dict[str, str], says: str) -> None:
    places = {"folder": folder, "empty": tmp_path, "siglip": tiny.siglip(tmp_path / "siglip")}
    with pytest.raises(ModelError, match=says) as caught:
        SmolVlmReader(device="cpu", offline=True, **{name: value.format(**places) for name, value in options.items()}).read(pictures)
    assert "\n" not in str(caught.value)
