"""The list of named points is data; a function that was renamed must not silently be killed no more."""

from __future__ import annotations

import fault_points
import pytest

POINTS = sorted({point for points in fault_points.OF_COMMAND.values() for point in points})


@pytest.mark.parametrize("point", [point for point in POINTS if not point.startswith(("sql:", "dbt:"))])
def test_the_function_is_there(point):
    holder, name = fault_points.find(point)
    assert callable(getattr(holder, name))


def test_every_phase_has_points_of_its_own_and_run_has_them_all():
    assert set(fault_points.OF_COMMAND["run"]) == {
        point for command in ("pull", "check", "build", "publish") for point in fault_points.OF_COMMAND[command]
    }
    assert len(POINTS) >= 60


def test_a_point_whose_function_is_gone_is_noticed():
    with pytest.raises(AttributeError):
        fault_points.find("customer360.publish:no_such_step")
