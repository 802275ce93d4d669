"""The reader over a made-up network: a crop's middle pixel spells what the network says, so every reading is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from courtside.errors import ModelError
from courtside.models.numbers import CANVAS, ILLEGIBLE, NO_TENS, PARTIAL, WHOLE, OnnxNumberReader, fit_crop, number_distribution
from courtside.types import NUMBERS, Image, Reading

SURE = 0.9  # what the made-up network gives the classes that a crop spells


def crop_of(tens: int, units: int, state: int, size: tuple[int, int] = (28, 40)) -> Image:
    """A plain crop, (width, height) ``size``, that the made-up network reads as these three classes."""
    return np.full((size[1], size[0], 3), [20 * tens, 20 * units, 20 * state], np.uint8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ONNX file with the reader's inputs and outputs that looks at the middle pixel only."""
    onnx = pytest.importorskip("onnx")
    helper, types = onnx.helper, onnx.TensorProto
    nodes, constants, outputs = [helper.make_node("Cast", ["crops"], ["levels"], to=types.FLOAT)], [], []

    def constant(name: str, values: npt.NDArray[np.generic]) -> str:
        constants.append(onnx.numpy_helper.from_array(values, name))
        return name

    for channel, (name, depth) in enumerate((("tens", 11), ("units", 10), ("state", 3))):
        at = [CANVAS[1] // 2, CANVAS[0] // 2, channel]
        starts, ends = constant(f"{name}_from", np.array(at)), constant(f"{name}_to", np.array(at) + 1)
        low = (1 - SURE) / (depth - 1)
        nodes += [
            helper.make_node("Slice", ["levels", starts, ends, constant(f"{name}_axes", np.array([1, 2, 3]))], [f"{name}_pixel"]),
            helper.make_node("Reshape", [f"{name}_pixel", constant(f"{name}_flat", np.array([-1]))], [f"{name}_level"]),
            helper.make_node("Div", [f"{name}_level", constant(f"{name}_scale", np.array(20, np.float32))], [f"{name}_share"]),
            helper.make_node("Round", [f"{name}_share"], [f"{name}_round"]),
            helper.make_node("Cast", [f"{name}_round"], [f"{name}_index"], to=types.INT64),
            helper.make_node(
                "OneHot",
                [f"{name}_index", constant(f"{name}_depth", np.array(depth)), constant(f"{name}_values", np.array([low, SURE], np.float32))],
                [name],
            ),
        ]
        outputs.append(helper.make_tensor_value_info(name, types.FLOAT, ["batch", depth]))
    crops = helper.make_tensor_value_info("crops", types.UINT8, ["batch", CANVAS[1], CANVAS[0], 3])
    model = helper.make_model(helper.make_graph(nodes, "spelled", [crops], outputs, constants), opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    path = tmp_path_factory.mktemp("weights") / "spelled.onnx"
    onnx.save(model, str(path))
    return path


READINGS: list[tuple[list[tuple[int, int, int]], list[str | None]]] = [
    ([], []),
    ([(NO_TENS, 7, WHOLE)], ["7"]),
    ([(NO_TENS, 0, WHOLE), (0, 0, WHOLE)], ["0", "00"]),
    ([(2, 3, WHOLE), (9, 9, WHOLE), (1, 0, WHOLE)], ["23", "99", "10"]),
    ([(2, 3, PARTIAL), (2, 3, ILLEGIBLE), (2, 3, WHOLE)], [None, None, "23"]),
]


@pytest.mark.parametrize(("spelled", "texts"), READINGS)
def test_what_the_network_says_is_read(weights: Path, spelled: list[tuple[int, int, int]], texts: list[str | None]) -> None:
    readings = OnnxNumberReader(weights).read([crop_of(*classes) for classes in spelled])
    assert [reading.text for reading in readings] == texts


def test_the_confidence_is_that_of_the_number_and_of_its_being_whole(weights: Path) -> None:
    reading = OnnxNumberReader(weights).read([crop_of(2, 3, WHOLE)])[0]
    assert reading == Reading("23", pytest.approx(SURE**3, abs=1e-5))


def test_a_none_is_as_sure_as_the_crop_is_not_whole(weights: Path) -> None:
    assert OnnxNumberReader(weights).read([crop_of(2, 3, PARTIAL)])[0].confidence == pytest.approx(1 - (1 - SURE) / 2, abs=1e-5)


def test_a_lower_bar_lets_doubtful_crops_be_read(weights: Path) -> None:
    assert OnnxNumberReader(weights, least_whole=0.01).read([crop_of(2, 3, PARTIAL)])[0].text == "23"


@pytest.mark.parametrize("batch_size", [1, 2, 3, 32])
def test_the_batch_size_changes_nothing(weights: Path, batch_size: int) -> None:
    crops = [
        crop_of(NO_TENS, 7, WHOLE, (9, 30)),
        crop_of(0, 0, WHOLE, (60, 20)),
        crop_of(4, 1, PARTIAL),
        crop_of(3, 3, WHOLE, (200, 300)),
        crop_of(1, 1, ILLEGIBLE),
    ]
    reader = OnnxNumberReader(weights, batch_size=batch_size)
    assert reader.read(crops) == [OnnxNumberReader(weights).read([crop])[0] for crop in crops]


def test_the_distribution_has_a_column_for_every_number(weights: Path) -> None:
    chances = OnnxNumberReader(weights).read_distribution([crop_of(NO_TENS, 0, WHOLE), crop_of(0, 0, WHOLE), crop_of(8, 8, WHOLE)])
    assert chances.shape == (3, len(NUMBERS)) and chances.dtype == np.float32
    assert [NUMBERS[i] for i in chances.argmax(1)] == ["0", "00", "88"]
    assert (chances >= 0).all() and (chances.sum(1) <= 1 + 1e-5).all()


def test_no_crops_give_no_rows_without_opening_the_model() -> None:
    assert OnnxNumberReader(Path("nowhere.onnx")).read_distribution([]).shape == (0, len(NUMBERS))


def test_reading_leaves_the_crops_alone(weights: Path) -> None:
    crop = crop_of(2, 3, WHOLE)
    OnnxNumberReader(weights).read([crop])
    assert (crop == crop_of(2, 3, WHOLE)).all()


def test_a_missing_file_is_named_on_first_use() -> None:
    reader = OnnxNumberReader(Path("nowhere.onnx"))
    with pytest.raises(ModelError, match=r"nowhere\.onnx"):
        reader.read([crop_of(1, 1, WHOLE)])


def test_a_number_with_a_leading_zero_does_not_exist() -> None:
    tens, units, state = np.eye(11, dtype=np.float32)[[0]], np.eye(10, dtype=np.float32)[[5]], np.eye(3, dtype=np.float32)[[WHOLE]]
    assert number_distribution(tens, units, state).sum() == 0


@pytest.mark.parametrize(("width", "height"), [(0, 10), (1, 1), (1, 400), (400, 1), (28, 40), (1920, 1080)])
def test_any_crop_fits_the_canvas(width: int, height: int) -> None:
    fitted = fit_crop(np.zeros((height, width, 3), np.uint8))
    assert fitted.shape == (CANVAS[1], CANVAS[0], 3) and fitted.dtype == np.uint8


def test_a_crop_keeps_its_aspect() -> None:
    rows, columns = np.nonzero((fit_crop(np.zeros((80, 20, 3), np.uint8)) == 0).all(2))
    assert rows.max() - rows.min() + 1 == CANVAS[1] and columns.max() - columns.min() + 1 == CANVAS[1] // 4


def test_the_numbers_are_all_there_once() -> None:
    assert len(set(NUMBERS)) == 101 and {"0", "00", "7", "10", "99"} <= set(NUMBERS)
