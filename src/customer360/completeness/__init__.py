"""The words that `expectations/` uses beyond Great Expectations' own: expectations that compare and show their figures.

- `ties`     two figures that must agree, each with what is missing and what may be,
- `usual`    what is learned from a table's own history, for which `usual(table, day=…)` is the one line to write:
    `volume`   rows of a day and its hours,
    `shares`   how its rows divide among values, how full each column is, whether what they refer to is there,
    `figures`  the size of numbers, the length of texts, the order of ids,
    `arrivals` how often something comes, which files, how much the source holds,
- `chance`   how few of something can still be chance,
- `recent`   the rows of the last weeks, laid out for all of the above.
"""

from customer360.completeness.arrivals import (
    ExpectFreshRecords,
    ExpectSourceNotShrunk,
    ExpectUsualFiles,
    ExpectValuesKept,
)
from customer360.completeness.figures import ExpectUsualFigures
from customer360.completeness.shares import ExpectUsualFill, ExpectUsualParts
from customer360.completeness.ties import (
    ExpectEveryRowOfTheSource,
    ExpectEverySourceDelivered,
    ExpectFewMoved,
    ExpectFewQuarantined,
    ExpectLastLoadSucceeded,
    ExpectNoMissingDays,
    ExpectNotShrunk,
    ExpectOneRowForEach,
    ExpectTies,
    falls_short,
)
from customer360.completeness.usual import usual
from customer360.completeness.volume import ExpectUsualHours, ExpectUsualRows

__all__ = [
    "ExpectEveryRowOfTheSource",
    "ExpectEverySourceDelivered",
    "ExpectFewMoved",
    "ExpectFewQuarantined",
    "ExpectFreshRecords",
    "ExpectLastLoadSucceeded",
    "ExpectNoMissingDays",
    "ExpectNotShrunk",
    "ExpectOneRowForEach",
    "ExpectSourceNotShrunk",
    "ExpectTies",
    "ExpectUsualFigures",
    "ExpectUsualFiles",
    "ExpectUsualFill",
    "ExpectUsualHours",
    "ExpectUsualParts",
    "ExpectUsualRows",
    "ExpectValuesKept",
    "falls_short",
    "usual",
]
