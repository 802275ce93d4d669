from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.errors import RosterError
from courtside.rosters import load_rosters, write_rosters
from courtside.types import NUMBERS, Team

SPURS = '[[teams]]\nname = "Spurs"\ncolor = "#1D1D1D"\n[teams.players]\n8 = "Mills"\n20 = "Ginobili"\n'
MAVS = '[[teams]]\nname = "Mavericks"\ncolor = "#00538C"\n[teams.players]\n0 = "Marion"\n'


def load(folder: Path, content: str | bytes) -> tuple[Team, ...]:
    path = folder / "rosters.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_rosters(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[[teams]]\nname = "A"\ncolor = "#123456"', (Team("A", "#123456"),)),
        (SPURS, (Team("Spurs", "#1D1D1D", None, {"8": "Mills", "20": "Ginobili"}),)),
        (SPURS + MAVS, (Team("Spurs", "#1D1D1D", None, {"8": "Mills", "20": "Ginobili"}), Team("Mavericks", "#00538C", None, {"0": "Marion"}))),
        ('[[teams]]\nname = "A"\ncolor = "#fa0"\njersey = "#ffffff"', (Team("A", "#FFAA00", "#FFFFFF"),)),
        ('[[teams]]\nname = " A "\ncolor = "#123456"\n[teams.players]\n0 = "Zero"\n00 = "Two"', (Team("A", "#123456", None, {"0": "Zero", "00": "Two"}),)),
        ('[[teams]]\nname = "A"\ncolor = "#123456"\nplayers.99 = "Dotted"', (Team("A", "#123456", None, {"99": "Dotted"}),)),
        ('teams = [{name = "A", color = "#123456", players = {"7" = "Inline"}}]', (Team("A", "#123456", None, {"7": "Inline"}),)),
        (b'\xef\xbb\xbf[[teams]]\r\nname = "Fenerbah\xc3\xa7e"\r\ncolor = "#123456"\r\n', (Team("Fenerbahçe", "#123456"),)),
    ],
)
def test_reads(tmp_path: Path, content: str | bytes, expected: tuple[Team, ...]) -> None:
    assert load(tmp_path, content) == expected


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("", None, "no teams"),
        ("# only a comment\n", None, "no teams"),
        ("teams = []\n", None, "no teams"),
        # TOML itself
        ('[[teams]]\nname = "A"\ncolor = "#123456"\n[teams.players]\n8 = "Mills"\n20 = "Ginobili"\n8 = "Diaw"\n', 7, '"8" is given twice (first on line 5)'),
        ('[[teams]]\nname = "A"\ncolor = "#123456"\n[teams.players]\n8 = "Mills"\n"8" = "Diaw"', 6, '"8" is given twice (first on line 5)'),
        ('[[teams]]\nname = "A"\n# a comment\nname = "B"\n', 4, '"name" is given twice (first on line 2)'),
        ("[[teams]]\nname = Spurs\n", 2, "text goes in quotes"),
        ('[[teams]\nname = "A"\n', 1, "not valid TOML"),
        ('[[teams]]\nname = "A', 2, "not valid TOML"),
        ("[[teams]]\nname =\n\n", 2, "not valid TOML"),
        (b'[[teams]]\nname = "Fenerbah\xe7e"\n', 2, "UTF-8"),
        (b"\x00\x00RIFF", 1, "not valid TOML"),
        ("a = " + "[" * 5000, None, "nested too deeply"),
        (b"#" * 1_000_001, None, "over 1 MB"),
        # the file's shape
        ('[[team]]\nname = "A"\n', 1, "did you mean 'teams'?"),
        ("title = 1\n" + SPURS, 1, "unknown key 'title'"),
        ('[teams]\nname = "A"\n', 1, "[[teams]]"),
        ("teams = [1]\n", 1, "[[teams]]"),
        (SPURS + MAVS + SPURS, 12, "a third team"),
        (SPURS + MAVS.replace("Mavericks", "SPURS"), 8, "'SPURS' is there twice"),
        # a team
        (SPURS.replace("color", "colour"), 3, "unknown key 'colour' (did you mean 'color'?)"),
        (SPURS + MAVS.replace("teams.players", "teams.player"), 10, "unknown key 'player' (did you mean 'players'?)"),
        ('[[teams]]\nname = "A"\ncolor = "#123456"\n8 = "Mills"', 4, "below [teams.players]"),
        ('[[teams]]\ncolor = "#123456"\n', 1, "no name"),
        ('[[teams]]\nname = "A"\n', 1, "no color"),
        ('[[teams]]\nname = 76\ncolor = "#123456"\n', 2, "not 76"),
        ('[[teams]]\nname = ""\ncolor = "#123456"\n', 2, "1 to 60 printable characters"),
        # colours
        ('[[teams]]\nname = "A"\ncolor = "blue"\n', 3, '"#RRGGBB" or "#RGB"'),
        ('[[teams]]\nname = "A"\ncolor = "123456"\n', 3, "'123456' is not a colour"),
        ('[[teams]]\nname = "A"\ncolor = "#12345"\n', 3, "'#12345' is not a colour"),
        ('[[teams]]\nname = "A"\ncolor = 123456\n', 3, "123456 is not a colour"),
        ('[[teams]]\nname = "A"\ncolor = "#123456"\njersey = "#12345G"\n', 4, "jersey '#12345G' is not a colour"),
        # players
        (SPURS.replace('"Mills"', "3"), 5, "the name of number 8 must be text in quotes, not 3"),
        (SPURS.replace('"Mills"', '["Mills"]'), 5, "the name of number 8 must be text in quotes"),
        (SPURS.replace('"Mills"', '" "'), 5, "printable characters"),
        (SPURS.replace('"Mills"', '"Mi\\nlls"'), 5, "printable characters"),
        (SPURS.replace('"Mills"', '"' + "M" * 61 + '"'), 5, "printable characters"),
        (SPURS.replace("Ginobili", "mills"), 6, "'mills' is number 8 already"),
        (SPURS.replace("20", "100"), 6, "'100' is not a jersey number"),
        (SPURS.replace("20", "-1"), 6, "'-1' is not a jersey number"),
        (SPURS.replace("20", "020"), 6, "'020' is not a jersey number (did you mean '20'?)"),
        (SPURS.replace("20", "000"), 6, "'000' is not a jersey number (did you mean '00'?)"),
        (SPURS.replace("20", '"٢"'), 6, "is not a jersey number"),
        (SPURS.replace("20", '""'), 6, "'' is not a jersey number"),
        (SPURS.replace('20 = "Ginobili"', '2.0 = "Ginobili"'), 6, "the name of number 2 must be text"),
        (SPURS + 'jersey = "#FFF"\n', 7, "put it above [teams.players]"),
        ('[[teams]]\nname = "A"\ncolor = "#123456"\nplayers = ["Mills"]\n', 4, "players is a table"),
        (SPURS + MAVS.replace("0 =", "x ="), 11, "'x' is not a jersey number"),
        # what stands inside a line is found by the line around it
        ('# one\nteams = [{name = "A", color = "red"}]', 2, "'red' is not a colour"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, content: str | bytes, line: int | None, says: str) -> None:
    with pytest.raises(RosterError) as caught:
        load(tmp_path, content)
    message = str(caught.value)
    assert says in message
    assert "\n" not in message
    assert message.startswith(f"{tmp_path / 'rosters.toml'}, line {line}: " if line else f"{tmp_path / 'rosters.toml'}: ")


@pytest.mark.parametrize(("name", "says"), [("missing.toml", "no such file"), (".", "is a folder"), ("a\0b.toml", "can't read it")])
def test_a_path_that_is_no_file(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(RosterError, match=says):
        load_rosters(tmp_path / name)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_as_a_roster(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with contextlib.suppress(RosterError):
        assert load(tmp_path_factory.getbasetemp(), text.encode(errors="surrogatepass"))


@given(st.dictionaries(st.sampled_from(["00", *map(str, range(100))]), st.integers(0, 10**6).map("Player {}".format), max_size=20))
def test_numbers_are_kept_as_written_and_in_order(tmp_path_factory: pytest.TempPathFactory, players: dict[str, str]) -> None:
    players = {number: f"{name} {number}" for number, name in players.items()}  # no two the same
    lines = "".join(f'{number} = "{name}"\n' for number, name in players.items())
    (team,) = load(tmp_path_factory.getbasetemp(), f'[[teams]]\nname = "A"\ncolor = "#123456"\n[teams.players]\n{lines}')
    assert list(team.players.items()) == list(players.items())


def test_the_documented_example_is_a_roster(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "rosters.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert [team.name for team in load(tmp_path, example)] == ["San Antonio Spurs", "Dallas Mavericks"]


def test_the_rosters_of_the_clips_are_read(shared_data: Path) -> None:
    paths = sorted((shared_data / "rosters").glob("*.toml"))
    assert paths
    for path in paths:
        assert [bool(team.players) for team in load_rosters(path)] == [True, True]


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20).map(str.strip).filter(bool)


@given(
    st.lists(
        st.builds(
            Team,
            NAMES,
            st.sampled_from(["#123456", "#FFAA00"]),
            st.none() | st.just("#FFFFFF"),
            st.dictionaries(st.sampled_from(NUMBERS), NAMES, max_size=4).filter(lambda players: len({*map(str.casefold, players.values())}) == len(players)),
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda team: team.name.casefold(),
    )
)
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, teams: list[Team]) -> None:
    path = tmp_path_factory.mktemp("rosters") / "rosters.toml"
    write_rosters(teams, path)
    assert load_rosters(path) == tuple(teams)
