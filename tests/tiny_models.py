"""The real classes of transformers, at a size that runs in milliseconds, with random weights, saved to a folder as a user has them."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from courtside.types import CLASSES

NAMES = dict(enumerate(CLASSES))


def labelled(names: dict[int, str]) -> dict[str, dict[int, str] | dict[str, int]]:
    return {"id2label": names, "label2id": {name: index for index, name in names.items()}}


def rf_detr(folder: Path, names: dict[int, str] = NAMES) -> Path:
    """RF-DETR: scores each class on its own."""
    from transformers import RfDetrConfig, RfDetrForObjectDetection

    torch.manual_seed(0)
    backbone = {
        "model_type": "rf_detr_dinov2",
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 64,
        "patch_size": 8,
        "num_windows": 1,
        "out_indices": [1, 2],
    }
    config = RfDetrConfig(
        backbone_config=backbone,
        d_model=16,
        decoder_ffn_dim=16,
        decoder_layers=1,
        decoder_self_attention_heads=2,
        decoder_cross_attention_heads=2,
        num_queries=12,
        group_detr=2,
        **labelled(names),
    )
    RfDetrForObjectDetection(config).save_pretrained(folder)
    return folder


def yolos(folder: Path, names: dict[int, str] = NAMES, preparation: dict[str, object] | None = None) -> Path:
    """YOLOS: a softmax over the classes and "nothing"."""
    from transformers import YolosConfig, YolosForObjectDetection

    torch.manual_seed(0)
    config = YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=[64, 96],
        patch_size=16,
        num_detection_tokens=12,
        **labelled(names),
    )
    YolosForObjectDetection(config).save_pretrained(folder)
    if preparation is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps(preparation))
    return folder


def siglip(folder: Path) -> Path:
    from transformers import SiglipVisionConfig, SiglipVisionModel

    torch.manual_seed(0)
    config = SiglipVisionConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=16)
    SiglipVisionModel(config).save_pretrained(folder)
    return folder


WORDS = ["<pad>", "<unk>", "<|im_start|>", "<end_of_utterance>", "<image>", "<fake_token_around_image>", "<global-img>", "Ġ", "Ċ", "<|im_end|>"]


def smolvlm(folder: Path) -> Path:
    """SmolVLM2 with a tokenizer of single bytes."""
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as ByteLevelDecoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import PreTrainedTokenizerFast, SmolVLMConfig, SmolVLMForConditionalGeneration

    torch.manual_seed(0)
    special = [word for word in WORDS if word not in ("Ġ", "Ċ")]
    vocabulary = {word: index for index, word in enumerate([*special, *sorted(ByteLevel.alphabet())])}
    bare = Tokenizer(BPE(vocabulary, [], unk_token="<unk>"))
    bare.pre_tokenizer, bare.decoder = ByteLevel(add_prefix_space=False), ByteLevelDecoder()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bare,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<|im_start|>",
        eos_token="<end_of_utterance>",
        additional_special_tokens=["<image>", "<fake_token_around_image>", "<global-img>"],
    )
    tokenizer.save_pretrained(folder)
    config = SmolVLMConfig(
        vision_config={"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 32, "patch_size": 8},
        text_config={
            "model_type": "llama",
            "vocab_size": len(vocabulary),
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "pad_token_id": 0,
            "bos_token_id": vocabulary["<|im_start|>"],
            "eos_token_id": vocabulary["<end_of_utterance>"],
        },
        image_token_id=vocabulary["<image>"],
        scale_factor=2,
        pad_token_id=0,
    )
    SmolVLMForConditionalGeneration(config).save_pretrained(folder)
    return folder
