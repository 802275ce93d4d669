"""Very small random models of the real classes."""

from __future__ import annotations

from typing import Any

SIDE = 64


def tiny(kind: str, seed: int = 0) -> Any:
    """Return a "sam2" or "edgetam" model of a 64 x 64 input that says of everybody that he is in the picture.

    EdgeTAM's own image encoder needs timm; it gets SAM2's, which leaves its memory, where the two differ, as it is.
    """
    import torch
    from transformers import EdgeTamVideoConfig, EdgeTamVideoModel, Sam2HieraDetConfig, Sam2VideoConfig, Sam2VideoModel, Sam2VisionConfig

    torch.manual_seed(seed)
    fine = SIDE // 4
    backbone = Sam2HieraDetConfig(
        hidden_size=8,
        num_attention_heads=1,
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 1, 1],
        window_size_per_stage=[4, 4, 4, 4],
        global_attention_blocks=[3],
        image_size=[SIDE, SIDE],
        window_positional_embedding_background_size=[4, 4],
    )
    sizes = [[fine, fine], [fine // 2, fine // 2], [fine // 4, fine // 4]]
    width = 128  # twice a memory's 64 channels: as many would trip transformers
    vision = Sam2VisionConfig(backbone_config=backbone, backbone_channel_list=[64, 32, 16, 8], backbone_feature_sizes=sizes, fpn_hidden_size=width)
    common: dict[str, Any] = {
        "vision_config": vision,
        "prompt_encoder_config": {"image_size": SIDE, "hidden_size": width},
        "mask_decoder_config": {"hidden_size": width, "mlp_dim": 64, "iou_head_hidden_dim": 32},
        "image_size": SIDE,
        "memory_attention_hidden_size": width,
        "memory_attention_num_layers": 1,
        "memory_attention_rope_feat_sizes": [SIDE // 16, SIDE // 16],
        "memory_encoder_hidden_size": width,
        "memory_fuser_num_layers": 1,
        "memory_fuser_embed_dim": width,
        "memory_fuser_intermediate_dim": 64,
        "mask_downsampler_embed_dim": width,
    }
    if kind == "sam2":
        model: Any = Sam2VideoModel(Sam2VideoConfig(**common, memory_attention_feed_forward_hidden_size=64))
    else:
        squeeze = {"perceiver_resampler_num_latents": 16, "perceiver_resampler_num_latents_2d": 16, "perceiver_resampler_mlp_intermediate_size": 32}
        model = EdgeTamVideoModel(EdgeTamVideoConfig(**common, **squeeze, memory_attention_mlp_hidden_size=64, memory_attention_rope_k_sizes=[4, 4]))
    for name, weights in model.named_parameters():
        if weights.ndim > 1:  # as they come they are so small that nothing depends on anything
            torch.nn.init.normal_(weights, std=0.3 if "embed" in name or "encoding" in name or "pointer" in name else weights[0].numel() ** -0.5)
    torch.nn.init.constant_(model.mask_decoder.pred_obj_score_head.proj_out.bias, 9.0)
    return model.eval()
