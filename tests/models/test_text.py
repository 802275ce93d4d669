from __future__ import annotations

import importlib.util

import cv2
import numpy as np
import pytest

from courtside.errors import ModelError
from courtside.models import text
from courtside.types import Image

needs_extra = pytest.mark.skipif(not text.is_installed(), reason="needs the extra `score`")


def drawn(*words: tuple[str, int]) -> Image:
    image = np.full((60, 420, 3), 30, np.uint8)
    for word, x in words:
        cv2.putText(image, word, (x, 42), cv2.FONT_HERSHEY_DUPLEX, 1.0, (240, 240, 240), 2, cv2.LINE_AA)
    return image


def test_without_the_extra_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "rapidocr" else find(name, *rest))
    with pytest.raises(ModelError, match=r"pip install 'courtside\[score\]'"):
        text.TextReader()


@needs_extra
def test_reads_words_where_they_stand() -> None:
    reader = text.TextReader()
    assert reader.read([]) == []
    assert reader.find(drawn()) == []
    found = {word.text: word.box for word in reader.find(drawn(("DAL", 20), ("73", 160), ("2:12", 300)))}
    assert found.keys() == {"DAL", "73", "2:12"}
    assert found["DAL"][0] < 40 and 140 < found["73"][0] < 175 and 280 < found["2:12"][0] < 315
    (read, confidence), *_ = reader.read([drawn(("2:12", 20))[:, :110]])
    assert read == "2:12" and confidence > 0.9
    assert {word.text for word in reader.find(drawn(("DAL", 20), ("73", 160)))} == {"DAL", "73"}  # reading has not changed how it finds
