from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.models.numbers import ILLEGIBLE, PARTIAL, WHOLE
from courtside.train.numbers.fonts import HEIGHT, find_fonts, font_folders, load_typefaces
from courtside.train.numbers.render import render
from courtside.types import NUMBERS

FACES = load_typefaces([])


@pytest.mark.parametrize("folders", [[], [Path("nowhere")]])
def test_without_fonts_there_are_block_digits(folders: list[Path]) -> None:
    faces = load_typefaces(find_fonts(folder for folder in folders if folder.is_dir()))
    assert len(faces) >= 3
    for face in faces:
        assert [digit.shape[0] for digit in face.digits] == [HEIGHT] * 10
        assert len({digit.tobytes() for digit in face.digits}) == 10


def test_a_broken_font_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "Graduate.ttf").write_text("<!doctype html>")
    assert find_fonts([tmp_path]) == [tmp_path / "Graduate.ttf"]
    assert len(load_typefaces(find_fonts([tmp_path]))) == len(FACES)


def test_slanted_and_thin_fonts_are_not_looked_for(tmp_path: Path) -> None:
    for name in ("Roboto-BoldItalic.ttf", "Oswald-ExtraLight.ttf", "Wingdings.ttf", "Oswald_700Bold.ttf"):
        (tmp_path / name).touch()
    assert [path.name for path in find_fonts([tmp_path])] == ["Oswald_700Bold.ttf"]


def test_font_folders_exist() -> None:
    assert all(folder.is_dir() for folder in font_folders())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), state=st.sampled_from([WHOLE, PARTIAL, ILLEGIBLE]))
def test_every_seed_gives_a_crop(seed: int, state: int) -> None:
    rendered = render(FACES, np.random.default_rng(seed), state)
    assert rendered.state == state
    assert rendered.image.dtype == np.uint8 and rendered.image.ndim == 3 and min(rendered.image.shape[:2]) >= 1
    assert rendered.number in NUMBERS or (rendered.number is None and state == ILLEGIBLE)


def test_a_seed_gives_the_same_crop_again() -> None:
    first, second = (render(FACES, np.random.default_rng(5), WHOLE) for _ in range(2))
    assert first.number == second.number and (first.image == second.image).all()


def test_every_number_is_drawn() -> None:
    random = np.random.default_rng(1)
    assert {render(FACES, random, WHOLE).number for _ in range(900)} == set(NUMBERS)
