"""The library: where skills are found, which of a name wins, and that one bad skill hinders no other."""

from pathlib import Path

import pytest

from golfer_tui.model.errors import UsageError
from golfer_tui.skills.library import Library, built_in


def add(folder: Path, name: str, description: str = "A skill.", *, flat: bool = False) -> Path:
    guide = folder / f"{name}.md" if flat else folder / name / "SKILL.md"
    guide.parent.mkdir(parents=True, exist_ok=True)
    guide.write_text(f"---\nname: {name}\ndescription: {description}\n---\n")
    return guide


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def user(isolated: Path) -> Path:
    return isolated / "config" / "golfer" / "skills"


def test_the_built_in_skills_are_always_there(project: Path) -> None:
    library = Library.open(project)
    assert library.problems == ()
    assert [(skill.name, skill.source) for skill in library.skills] == [
        ("mini-golf", "built-in"),
        ("parameter_golf", "built-in"),
    ]
    assert "train.py" in dict(library.get("mini-golf").files())


def test_the_first_place_of_a_name_wins(project: Path, user: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    places = [project / "skills", project / ".golfer" / "skills", extra, user]
    for number, place in enumerate(places):
        add(place, "mini-golf", f"from {number}", flat=number % 2 == 1)
        add(place, f"only-{number}")
    library = Library.open(project, [str(extra)])
    assert library.get("mini-golf").description == "from 0"
    assert [skill.source for skill in library.shadowed] == ["project", "extra", "user", "built-in"]
    sources = {skill.name: skill.source for skill in library.skills}
    assert [sources[f"only-{number}"] for number in range(4)] == ["project", "project", "extra", "user"]


def test_a_bad_skill_hinders_no_other(project: Path) -> None:
    add(project / "skills", "good")
    bad = add(project / "skills", "bad")
    bad.write_text("no front matter")
    flat = add(project / "skills", "flat", flat=True)
    flat.write_bytes(b"\xff")
    library = Library.open(project)
    assert "good" in {skill.name for skill in library.skills}
    assert [problem.code for problem in library.problems] == ["skill.front_matter", "skill.encoding"]
    with pytest.raises(UsageError, match=r"bad/SKILL\.md"):
        library.get("bad")


def test_a_bad_skill_leaves_its_name_to_the_next_place(project: Path) -> None:
    add(project / "skills", "mini-golf").write_text("no front matter")
    library = Library.open(project)
    assert library.get("mini-golf").source == "built-in"
    assert len(library.problems) == 1


def test_what_is_no_skill_is_no_problem(project: Path) -> None:
    add(project / "skills", "golf")
    (project / "skills" / "README.md").write_text("# About these skills\n")
    (project / "skills" / "notes.txt").write_text("x")
    (project / "skills" / ".hidden.md").write_text("x")
    (project / "skills" / "empty").mkdir()
    library = Library.open(project)
    assert library.problems == ()
    assert len(library.skills) == 3


def test_a_folder_in_two_places_is_read_once(project: Path) -> None:
    add(project / "skills", "golf")
    library = Library.open(project, ["skills", str(built_in())])
    assert library.shadowed == ()
    assert library.get("golf").source == "project"


def test_a_missing_folder_of_the_settings_is_told(project: Path) -> None:
    library = Library.open(project, ["nowhere"])
    (problem,) = library.problems
    assert problem.code == "skill.folder"
    assert str(project / "nowhere") in problem.message
    assert "skills" in problem.hint
    assert library.skills


def test_an_unknown_name_gets_close_ones(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Library.open(project).get("minigolf")
    assert caught.value.code == "skill.unknown"
    assert "mini-golf" in caught.value.hint
    with pytest.raises(UsageError, match="mini-golf, parameter_golf"):
        Library.open(project).get("zzz")


def test_the_listing_has_a_line_for_each(project: Path) -> None:
    add(project / "skills", "golf", "How to golf.")
    lines = Library.open(project).listing().splitlines()
    assert lines[0] == "- golf: How to golf."
    assert [line.split(":")[0] for line in lines[1:]] == ["- mini-golf", "- parameter_golf"]
