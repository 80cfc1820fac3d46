"""One skill: its front matter, its files and the limits on both."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.errors import UsageError
from golfer_tui.skills.frontmatter import FrontMatterError, split
from golfer_tui.skills.skill import DESCRIPTION, FILE_BYTES, FILES, GUIDE_BYTES, Skill, read

GUIDE = "---\nname: golf\ndescription: How to golf.\n---\n\n# Golf\n"


def folder_skill(root: Path, text: str = GUIDE, name: str = "golf") -> Path:
    guide = root / name / "SKILL.md"
    guide.parent.mkdir(parents=True)
    guide.write_text(text)
    return guide


def read_at(guide: Path) -> Skill:
    return read(guide, "project", guide.parents[1])


def refused(guide: Path, code: str, *parts: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_at(guide)
    assert caught.value.code == code
    assert str(guide) in caught.value.message
    assert caught.value.hint
    for part in parts:
        assert part in str(caught.value)


def test_a_folder_skill_has_its_files(tmp_path: Path) -> None:
    guide = folder_skill(tmp_path)
    (guide.parent / "train.py").write_bytes(b"print()\n")
    (guide.parent / "refs").mkdir()
    (guide.parent / "refs" / "a.bin").write_bytes(b"\0\xff")
    for hidden in (".git/config", "__pycache__/train.pyc"):
        (guide.parent / hidden).parent.mkdir()
        (guide.parent / hidden).write_bytes(b"no")
    skill = read_at(guide)
    assert (skill.name, skill.description, skill.body) == ("golf", "How to golf.", "# Golf\n")
    assert skill.path == guide
    assert dict(skill.files()) == {"SKILL.md": GUIDE.encode(), "train.py": b"print()\n", "refs/a.bin": b"\0\xff"}


def test_a_flat_skill_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "golf.md").write_text(GUIDE)
    (tmp_path / "other.txt").write_text("not of it")
    skill = read(tmp_path / "golf.md", "project", tmp_path)
    assert skill.folder is None
    assert skill.files() == (("SKILL.md", GUIDE.encode()),)


@pytest.mark.parametrize(
    ("lines", "description"),
    [
        ("description: plain  text # a comment", "plain text"),
        ('description: "quoted: with \\"marks\\" and é"', 'quoted: with "marks" and é'),
        ("description: 'it''s quoted'  # a comment", "it's quoted"),
        ("description: >-\n  folded over\n  two lines", "folded over two lines"),
        ("description: |\n  kept on\n  two lines", "kept on two lines"),
        ("description: goes on\n  below", "goes on below"),
        ("description: Parameter Golf: in small", "Parameter Golf: in small"),
        ("license: MIT\nmetadata:\n  deep: {a: 1}\n  - x\nallowed-tools: [a, b]\ndescription: last", "last"),
        ("# a comment\n\ndescription: after it", "after it"),
    ],
)
def test_the_ways_to_write_a_description(tmp_path: Path, lines: str, description: str) -> None:
    guide = folder_skill(tmp_path, f"---\nname: golf\n{lines}\n---\nbody\n")
    assert read_at(guide).description == description


def test_a_byte_order_mark_and_carriage_returns_do_no_harm(tmp_path: Path) -> None:
    guide = folder_skill(tmp_path)
    guide.write_bytes(b"\xef\xbb\xbf" + GUIDE.replace("\n", "\r\n").encode())
    assert read_at(guide).name == "golf"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Golf\n", "does not begin with front matter"),
        ("", "does not begin with front matter"),
        ("---\nname: golf\n", "not closed"),
        ("---\nname: golf\njust words\n---\n", "line 3"),
        ("---\nname: golf\nname: golf\n---\n", "second time"),
        ('---\nname: golf\ndescription: "open\n---\n', "quotes"),
        ("---\ndescription: x\n---\n", "has no name"),
        ("---\nname: golf\n---\n", "has no description"),
        ("---\nname: golf\ndescription: [a list]\n---\n", "has no description"),
    ],
)
def test_a_malformed_guide_is_told_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    refused(folder_skill(tmp_path, text), "skill.front_matter", said)


@pytest.mark.parametrize("name", ["Golf", "mini golf", "../golf", "-golf", "g" * 65, "gölf"])
def test_names_are_strict(tmp_path: Path, name: str) -> None:
    refused(folder_skill(tmp_path, GUIDE.replace("name: golf", f"name: {name}")), "skill.name", "a-z")


def test_the_name_is_that_of_the_folder(tmp_path: Path) -> None:
    refused(folder_skill(tmp_path, name="tennis"), "skill.name", "'golf'", "'tennis'")


def test_limits(tmp_path: Path) -> None:
    refused(folder_skill(tmp_path / "a", GUIDE + "x" * GUIDE_BYTES), "skill.too_large")
    refused(folder_skill(tmp_path / "b", GUIDE.replace("How", "H" * DESCRIPTION)), "skill.too_large")
    many = folder_skill(tmp_path / "c")
    for number in range(FILES):
        (many.parent / f"{number}.txt").touch()
    with pytest.raises(UsageError, match=f"more than {FILES} files"):
        read_at(many)
    heavy = folder_skill(tmp_path / "d")
    with (heavy.parent / "weights").open("wb") as file:
        file.truncate(FILE_BYTES)
    with pytest.raises(UsageError, match="bytes of files"):
        read_at(heavy)


def test_a_file_that_grew_since_is_refused_and_not_read_whole(tmp_path: Path) -> None:
    guide = folder_skill(tmp_path)
    skill = read_at(guide)
    with (guide.parent / "late").open("wb") as file:
        file.truncate(FILE_BYTES * 2)
    with pytest.raises(UsageError, match="late"):
        skill.files()


def test_text_in_another_encoding(tmp_path: Path) -> None:
    guide = folder_skill(tmp_path)
    guide.write_bytes(GUIDE.replace("How", "Wié").encode("latin-1"))
    refused(guide, "skill.encoding", "UTF-8")


@pytest.mark.parametrize("kind", ["file", "folder", "guide"])
def test_links_that_lead_out_are_refused(tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text(GUIDE)
    guide = folder_skill(tmp_path / "skills")
    if kind == "guide":
        guide.unlink()
        guide.symlink_to(outside / "secret")
    else:
        (guide.parent / "link").symlink_to(outside / "secret" if kind == "file" else outside)
    with pytest.raises(UsageError) as caught:
        read_at(guide)
    assert caught.value.code == "skill.outside"


def test_links_inside_and_broken_ones(tmp_path: Path) -> None:
    guide = folder_skill(tmp_path)
    (guide.parent / "real").write_text("x")
    (guide.parent / "link").symlink_to("real")
    assert dict(read_at(guide).files())["link"] == b"x"
    (guide.parent / "loop").symlink_to("loop")
    with pytest.raises(UsageError) as caught:
        read_at(guide)
    assert caught.value.code == "skill.unreadable"


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        keys, body = split(f"---\n{text}\n---\n")
    except FrontMatterError:
        return
    assert all(keys)
    assert body.endswith("\n")
