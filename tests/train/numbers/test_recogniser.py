from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

pytest.importorskip("torch")

from courtside.errors import DataError
from courtside.train.numbers.recogniser import TextRecogniser, ctc_chances
from courtside.types import NUMBERS

READ = [
    # blanks (".") and digits seen at successive places -> the number
    (".7.", "7"),
    ("777", "7"),
    ("2..3", "23"),
    ("2233", "23"),
    ("2.2", "22"),
    ("0..0", "00"),
    ("00..", "0"),
]


@pytest.mark.parametrize(("places", "number"), READ)
def test_what_stands_at_the_places_is_read(places: str, number: str) -> None:
    seen = np.zeros((1, len(places), 11))
    for place, letter in enumerate(places):
        seen[0, place, 0 if letter == "." else int(letter) + 1] = 1
    chances = ctc_chances(seen)[0]
    assert NUMBERS[int(chances.argmax())] == number
    assert chances.max() > 0.9


def test_no_picture_no_chances() -> None:
    assert ctc_chances(np.zeros((0, 12, 11))).shape == (0, len(NUMBERS))


def test_letters_alone_are_hardly_a_number() -> None:
    assert ctc_chances(np.zeros((1, 6, 11))).max() < 1e-6


@given(arrays(np.float64, (2, 5, 11), elements=st.floats(0, 1)))
def test_chances_are_chances(places: np.ndarray) -> None:
    chances = ctc_chances(places / np.maximum(places.sum(2, keepdims=True), 1))
    assert (chances >= 0).all() and (chances.sum(1) <= 1 + 1e-9).all()


@pytest.mark.parametrize("content", [None, b"", b"not onnx"])
def test_another_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "rec.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match="PP-OCRv6_rec_small"):
        TextRecogniser(path)
