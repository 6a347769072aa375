"""What is generated is what the code generates now."""

from __future__ import annotations

from tools.kinds_page import PAGE, page


def test_the_page_of_kinds_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"
