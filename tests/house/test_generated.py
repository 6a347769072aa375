"""What is generated is what the code generates now."""

from __future__ import annotations

import pytest

from tools import dialects_page
from tools.kinds_page import PAGE, page
from tools.run_pages import DOCS, filled, pages


def test_the_page_of_kinds_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


def test_the_page_of_dialects_is_current() -> None:
    assert dialects_page.PAGE.read_text("utf-8") == dialects_page.page(), "run `make docs`"


def test_pages_show_what_is_printed_now() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"{path.relative_to(DOCS)}: run `make docs`"


def test_pages_run_their_code() -> None:
    text = filled("```python run\nx = 2\n```\n\n```python run\nprint(x + 1)\n```")
    assert text.endswith("print(x + 1)\n```\n\n```text\n3\n```")
    with pytest.raises(ValueError, match="only convwise"):
        filled("```console run\n$ rm -r /\n```")
