"""Average precision of detections, the way COCO and VOC 2010 count it (area under the interpolated precision-recall curve)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import supervision as sv


def average_precision(
    predictions: Sequence[sv.Detections], truths: Sequence[sv.Detections], class_ids: Collection[int], iou: float = 0.5
) -> float:
    """Return AP (0-1) of the classes in ``class_ids`` taken together, at one IoU threshold; NaN when the truth has none of them.

    ``predictions`` and ``truths`` are one per image, in the same order. Each truth box can be found once; the best free one at or over ``iou`` counts.
    """
    wanted = list(class_ids)
    scores: list[float] = []
    hits: list[bool] = []
    n_truth = 0
    for predicted, truth in zip(predictions, truths, strict=True):
        assert truth.class_id is not None
        boxes = truth.xyxy[np.isin(truth.class_id, wanted)] if len(truth) else np.zeros((0, 4))
        n_truth += len(boxes)
        if not len(predicted):
            continue
        assert predicted.class_id is not None
        chosen = predicted[np.isin(predicted.class_id, wanted)]
        assert isinstance(chosen, sv.Detections) and chosen.confidence is not None
        order = np.argsort(-chosen.confidence, kind="stable")
        overlap = sv.box_iou_batch(boxes, chosen.xyxy) if len(boxes) and len(chosen) else np.zeros((len(boxes), len(chosen)))
        taken = np.zeros(len(boxes), bool)
        for j in order:
            free = np.where(taken, -1.0, overlap[:, j])
            best = int(free.argmax()) if len(free) else -1
            hit = best >= 0 and bool(free[best] >= iou)
            if hit:
                taken[best] = True
            scores.append(float(chosen.confidence[j]))
            hits.append(hit)
    if not n_truth:
        return float("nan")
    return _area(np.array(scores), np.array(hits, bool), n_truth)


def _area(scores: npt.NDArray[np.float64], hits: npt.NDArray[np.bool_], n_truth: int) -> float:
    found = np.cumsum(hits[np.argsort(-scores, kind="stable")])
    recall = found / n_truth
    precision = np.maximum.accumulate((found / np.arange(1, len(found) + 1))[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))
