"""Every query of docs/questions.md, on the sample company as it was built."""

import re
from pathlib import Path

import pytest

from customer360 import delays
from customer360.warehouse import utc_now

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
QUESTIONS = re.findall(
    r"^([A-Z][^\n]*\?(?:\n[^\n]+)*)\n\n```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.M | re.S
)
LONGEST = 10  # lines: a question that needs more wants a column in a mart


def test_every_query_of_the_page_belongs_to_a_question():
    assert len(QUESTIONS) == PAGE.read_text(encoding="utf-8").count("```sql") >= 19


@pytest.mark.parametrize(("question", "query"), QUESTIONS, ids=[" ".join(q.split())[:60] for q, _ in QUESTIONS])
def test_a_question_is_answered_by_one_short_query(warehouse, question, query):
    assert len(query.splitlines()) <= LONGEST
    assert ";" not in query
    # What a publication says about itself is worked out when it is made.
    published = query.replace("ops.source_delays", f"({delays.query(utc_now())})")
    assert warehouse.execute(published).fetchall(), "the sample company has an answer to every question of the page"
