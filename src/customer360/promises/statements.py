"""What reading a comment gives, and the pieces it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from customer360.promises.expressions import TimeExpression


@dataclass(frozen=True)
class Statement:
    """A promise with a time, or a put-off without one. `start` and `end` are characters of the comment as it was
    given; `quoted` is what stands there. `expression` is None for a put-off. `confidence` from 0 to 1. `because`: for
    people."""

    kind: str  # promise | vague
    start: int
    end: int
    quoted: str
    expression: TimeExpression | None
    confidence: float
    language: str  # en | zh
    because: str


@dataclass(frozen=True)
class Commitment:
    """Words by which we take something upon us. `told_at`: where it says that the customer will hear; else None.
    `beside`: what must hold of its time where no verb holds the two together: "time" (it stands next to it: "give me
    two days"), "end" (and ends the clause: "Update by Friday"), "ahead" (and looks ahead, unlike "Refund issued on
    Monday")."""

    start: int
    end: int
    certainty: float
    told_at: int | None = None
    beside: str = ""


@dataclass(frozen=True)
class PutOff:
    """Words like "later". `is_enough`: they put off by themselves, without a commitment beside them."""

    start: int
    end: int
    certainty: float
    is_enough: bool = False
