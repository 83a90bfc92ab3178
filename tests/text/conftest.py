"""The small run folders of the numerics."""

from tests.numerics.conftest import make_run as make_run
