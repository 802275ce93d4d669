"""The contract of the stream of masks, with tiny random models of the real classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from courtside.models.sam2.pixels import normalised
from courtside.models.sam2.propagate import Output, Propagator

if TYPE_CHECKING:
    import torch

KINDS = ("sam2", "edgetam")
SIDE = 64
NEAR = 0.005  # of logits of about 10: memories are kept in bf16, where the order of summing may tip the last bit
BOXES = {1: (4, 4, 20, 50), 2: (30, 10, 44, 60), 3: (45, 20, 60, 56)}
Make = Callable[..., Any]


def picture(i: int) -> torch.Tensor:
    return normalised(np.random.default_rng(i).integers(0, 256, (1, SIDE, SIDE, 3), np.uint8))


def boxes(*ids: int) -> torch.Tensor:
    import torch

    return torch.tensor([BOXES[known] for known in ids], dtype=torch.float32)


def run(stream: Propagator, n_frames: int, events: dict[int, Callable[[Propagator], Any]], start: int = 0) -> list[dict[int, np.ndarray]]:
    """Return the masks of each frame by object; ``events`` are done in their frame, after following."""
    import torch

    frames = []
    with torch.inference_mode():
        for i in range(start, start + n_frames):
            stream.look(stream.encode(picture(i)))
            ids, output = stream.follow()
            masks = dict(zip(ids, output.logits.numpy(), strict=True))
            done = events[i](stream) if i in events else None
            if isinstance(done, tuple):
                masks |= dict(zip(done[0], done[1].logits.numpy(), strict=True))
            frames.append(masks)
    return frames


def prompting(*ids: int) -> Callable[[Propagator], tuple[tuple[int, ...], Output]]:
    return lambda stream: (ids, stream.prompt(ids, boxes(*ids)))


@pytest.mark.parametrize("kind", KINDS)
def test_masks_are_those_of_transformers_own_session(tiny: Make, kind: str) -> None:
    """Its session runs the objects one by one and keeps everything; ours must not differ by more than the order of summing."""
    import torch
    from transformers.models.edgetam_video.modeling_edgetam_video import EdgeTamVideoInferenceSession
    from transformers.models.sam2_video.modeling_sam2_video import Sam2VideoInferenceSession

    model = tiny(kind)
    session = (Sam2VideoInferenceSession if kind == "sam2" else EdgeTamVideoInferenceSession)(video_height=SIDE, video_width=SIDE, dtype=torch.float32)
    for known, box in BOXES.items():
        corners = torch.tensor(box, dtype=torch.float32).view(1, 1, 2, 2)
        session.add_point_inputs(session.obj_id_to_idx(known), 0, {"point_coords": corners, "point_labels": torch.tensor([[[2, 3]]], dtype=torch.int32)})
    session.obj_with_new_inputs = list(BOXES)
    ours = run(Propagator(model), 24, {0: prompting(1, 2, 3)})
    for i, masks in enumerate(ours):
        theirs = model(inference_session=session, frame=picture(i)[0], frame_idx=i).pred_masks[:, 0].numpy()
        assert theirs.std() > 1 and (theirs > -1000).all()  # otherwise all might agree on nothing
        difference = np.abs(np.stack([masks[known] for known in BOXES]) - theirs)
        assert difference.mean() < (NEAR if i else 1e-5) * 4 and difference.max() < 0.1 * np.abs(theirs).max()


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_and_nothing(tiny: Make, kind: str) -> None:
    import torch

    stream = Propagator(tiny(kind))
    with torch.inference_mode():
        stream.look(stream.encode(picture(0)))
        ids, output = stream.follow()
        assert ids == () and output.logits.shape == (0, SIDE // 4, SIDE // 4) and output.score.shape == (0,)
        assert stream.prompt((), boxes(1)[:0]).raw.shape == (0, SIDE // 4, SIDE // 4)
        output = stream.prompt((7, 9), boxes(1, 2))
        assert output.logits.shape == (2, SIDE // 4, SIDE // 4) and output.score.shape == (2,) and output.logits.dtype == torch.float32
    assert stream.ids == (7, 9)


def test_look_first(tiny: Make) -> None:
    with pytest.raises(RuntimeError, match="look"):
        Propagator(tiny("sam2")).prompt((1,), boxes(1))


@pytest.mark.parametrize("kind", KINDS)
def test_coming_and_going_changes_nothing_for_the_others(tiny: Make, kind: str) -> None:
    alone = run(Propagator(tiny(kind)), 12, {0: prompting(1)})
    busy = run(Propagator(tiny(kind)), 12, {0: prompting(1, 2), 4: prompting(3), 8: lambda stream: stream.remove([2, 99])})
    assert [sorted(masks) for masks in busy] == [[1, 2]] * 4 + [[1, 2, 3]] * 5 + [[1, 3]] * 3
    for before, after in zip(alone, busy, strict=True):
        np.testing.assert_allclose(before[1], after[1], atol=NEAR)


def test_a_latecomer_is_followed_as_if_he_were_the_first(tiny: Make) -> None:
    late = run(Propagator(tiny("sam2")), 10, {0: prompting(1), 5: prompting(2)})
    first = run(Propagator(tiny("sam2")), 5, {5: prompting(2)}, start=5)
    for a, b in zip(late[5:], first, strict=True):
        np.testing.assert_allclose(a[2], b[2], atol=NEAR)


@pytest.mark.parametrize("kind", KINDS)
def test_one_batch_is_as_good_as_one_by_one(tiny: Make, kind: str) -> None:
    events = {0: prompting(1, 2, 3), 5: prompting(2)}
    for together, apart in zip(run(Propagator(tiny(kind)), 9, events), run(Propagator(tiny(kind), batch=1), 9, events), strict=True):
        for known in BOXES:
            np.testing.assert_allclose(together[known], apart[known], atol=NEAR)


def test_clips_side_by_side(tiny: Make) -> None:
    """Several pictures looked at in one go, as training does, give what each gives alone."""
    import torch

    model = tiny("sam2")
    stream, alone = Propagator(model), Propagator(model)
    with torch.inference_mode():
        for i in range(4):
            stream.look(stream.encode(torch.cat([picture(i), picture(100 + i)])))
            alone.look(alone.encode(picture(100 + i)))
            both = stream.prompt((1, 2), boxes(1, 2), (0, 1)) if i == 0 else stream.follow()[1]
            one = alone.prompt((2,), boxes(2)) if i == 0 else alone.follow()[1]
            np.testing.assert_allclose(both.logits[1], one.logits[0], atol=NEAR)


def test_a_new_prompt_replaces_what_was_remembered_since_the_first(tiny: Make) -> None:
    again = run(Propagator(tiny("sam2"), max_prompted=1), 8, {0: prompting(1), 4: prompting(1)})
    plain = run(Propagator(tiny("sam2"), max_prompted=1), 8, {0: prompting(1)})
    np.testing.assert_allclose(again[3][1], plain[3][1], atol=NEAR)
    np.testing.assert_allclose(again[4][1], run(Propagator(tiny("sam2")), 1, {4: prompting(1)}, start=4)[0][1], atol=NEAR)
    assert np.abs(again[6][1] - plain[6][1]).max() > 10 * NEAR


@pytest.mark.parametrize("kind", KINDS)
def test_300_frames_in_flat_memory(tiny: Make, kind: str) -> None:
    """With somebody prompted anew every 7 frames and others coming and going, what is kept is bounded; it is counted, not weighed."""
    import torch

    stream = Propagator(tiny(kind))
    kept = []
    with torch.inference_mode():
        seen = [stream.encode(picture(i)) for i in range(5)]
        for i in range(300):
            stream.look(seen[i % 5])
            stream.follow()
            if i % 7 == 0:
                stream.prompt((1,), boxes(1))
            if i % 40 == 0:
                stream.prompt((1000 + i, 2000 + i), boxes(2, 3))
            if i % 40 == 39:
                stream.remove([1000 + i - 39, 2000 + i - 39])
            kept.append(len(stream.stored()))
    assert max(kept[200:]) == max(kept[40:80]) < 120
    stream.clear()
    assert stream.ids == () and len(stream.stored()) == 1  # where each token is


def test_instances_know_nothing_of_each_other(tiny: Make) -> None:
    first, second = Propagator(tiny("sam2")), Propagator(tiny("sam2"))
    run(first, 3, {0: prompting(1, 2)})
    masks = run(second, 3, {0: prompting(3)})
    assert first.ids == (1, 2) and second.ids == (3,)
    np.testing.assert_allclose(masks[2][3], run(Propagator(tiny("sam2")), 3, {0: prompting(3)})[2][3], atol=NEAR)
