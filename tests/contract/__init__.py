"""Laws that hold for whole catalogs; their assertions explain themselves."""

import pytest

pytest.register_assert_rewrite("tests.contract.laws")
