"""A SAM2 video model of about a million parameters: the same classes as the real ones, every width cut down."""

from __future__ import annotations

from typing import Any

from torch import nn


def tiny_config(side: int = 160, width: int = 128) -> Any:
    """Return the ``Sam2VideoConfig`` of the small network.

    Args:
        side: of the square input in pixels, a multiple of 32.
        width: channels of every attention; a multiple of 64.
    """
    from transformers import Sam2HieraDetConfig, Sam2VideoConfig, Sam2VisionConfig

    fine = side // 4
    stages = [32, 64, 128, 192]
    backbone = Sam2HieraDetConfig(
        hidden_size=stages[0],
        num_attention_heads=1,
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=stages,
        num_attention_heads_per_stage=[1, 2, 4, 4],
        window_size_per_stage=[8, 4, side // 16, side // 32],  # no padding whatever the side
        global_attention_blocks=[3],
        mlp_ratio=2.0,
        image_size=[side, side],
        window_positional_embedding_background_size=[7, 7],
    )
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=stages[::-1],
        backbone_feature_sizes=[[fine, fine], [fine // 2, fine // 2], [fine // 4, fine // 4]],
        fpn_hidden_size=width,
    )
    return Sam2VideoConfig(
        vision_config=vision,
        prompt_encoder_config={"image_size": side, "hidden_size": width},
        mask_decoder_config={
            "hidden_size": width,
            "mlp_dim": 2 * width,
            "num_attention_heads": 4,
            "iou_head_hidden_dim": width,
            "dynamic_multimask_via_stability": False,
        },
        image_size=side,
        # a box has one meaning: no choice of three masks to learn
        multimask_output_in_sam=False,
        multimask_output_for_tracking=False,
        memory_attention_hidden_size=width,
        memory_attention_num_layers=2,
        memory_attention_feed_forward_hidden_size=2 * width,
        memory_attention_dropout=0.0,
        memory_attention_rope_dropout=0.0,
        memory_attention_rope_feat_sizes=[side // 16, side // 16],
        memory_encoder_hidden_size=width,
        mask_downsampler_embed_dim=width,
        memory_fuser_embed_dim=width,
        memory_fuser_intermediate_dim=2 * width,
    )


def make_network(side: int = 160) -> Any:
    """Return the small network, random, in a state that learns quickly."""
    from transformers import Sam2VideoModel

    # at these sizes plain attention is a fifth faster on a CPU than the fused one
    network = Sam2VideoModel._from_config(tiny_config(side), attn_implementation="eager")
    # transformers begins everything at 0.02, which so narrow a network hardly passes on: torch's own spread, as SAM2 was trained with
    for part in network.modules():
        if isinstance(part, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d, nn.Embedding)):
            part.reset_parameters()
    # the same in queries and keys makes rotary attention a bump around one's own place: it begins by remembering who was here, and learns movement from there
    for layer in network.memory_attention.layers:
        for attention in (layer.self_attn, layer.cross_attn_image):
            nn.init.ones_(attention.q_proj.bias)
            nn.init.ones_(attention.k_proj.bias)
    # it begins by believing that everybody is in the picture, so that there are masks to learn from
    nn.init.constant_(network.mask_decoder.pred_obj_score_head.proj_out.bias, 3.0)
    return network
