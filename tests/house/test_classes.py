"""No concrete method is overridden and no object is asked what it has; planted ones are found."""

from __future__ import annotations

from pathlib import Path

from tests.house.classes import asked, classes, overridden

SOURCE = Path(__file__).parents[2] / "src"

ABOVE = """
class Above(ABC):
    @abstractmethod
    def open(self): ...
    def done(self): ...
    def __repr__(self): ...
"""
BELOW = """
class Below(above.Above):
    def open(self): ...
    def __repr__(self): ...
"""


def test_no_concrete_method_is_overridden() -> None:
    assert classes(SOURCE)
    found = list(overridden(SOURCE))
    assert not found, "\n" + "\n".join(found)


def test_no_object_is_asked_what_it_has() -> None:
    found = list(asked(SOURCE))
    assert not found, "\n" + "\n".join(found)


def test_stating_an_abstract_method_is_fine(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(ABOVE + BELOW)
    assert not list(overridden(tmp_path))


def test_planted_override_is_found(tmp_path: Path) -> None:
    (tmp_path / "above.py").write_text(ABOVE)
    (tmp_path / "below.py").write_text(BELOW + "class Last(Below):\n    def done(self): ...\n")
    (found,) = overridden(tmp_path)
    assert found == f"{tmp_path}/below.py:5: Last.done overrides Above.done"


def test_planted_question_is_found(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("a = 1\nb = hasattr(a, 'real')\n")
    assert list(asked(tmp_path)) == [f"{tmp_path}/planted.py:2: hasattr"]
