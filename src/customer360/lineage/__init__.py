"""What was made from what, as OpenLineage events: to a file or to a server (CUSTOMER360_LINEAGE_URL).

Every step of the main job is a run with a START and a COMPLETE or FAIL. What it did table by table are runs of their
own below it, so that a catalogue shows that `marts.orders` comes from four tables of raw and not from all. A step's
parent is the row of ops.pipeline_runs it belongs to: a DAG run, or a command; its run id is made from that row's, and
that row's stands beside it as a tag.

Names and counts go out, never values. Lineage never fails or holds up the job: a server that is down is logged.
"""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from customer360.config import Settings
from customer360.redaction import told
from customer360.warehouse import utc_now

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

    from customer360.lineage.parts import Part

PRODUCER = f"urn:customer360:{metadata.version('customer360')}"
JOBS = "customer360"  # the namespace of its jobs
RUNS = uuid.UUID("6f1d6a52-0f5e-5c1e-9d6b-36c3b0a6f360")  # the namespace its run ids are made in
SENDING_SECONDS = 30.0  # for all events of one end of a step

log = logging.getLogger("customer360.lineage")


class Step:
    """One step of the main job; whoever carries it out says what it did, which is looked into at its end."""

    def __init__(self, settings: Settings, name: str, run_id: str):
        self.settings, self.name, self.run_id = settings, name, run_id
        self.started_at = utc_now()
        self.parts: Callable[[], list[Part]] | None = None

    def loaded(self, loads: list) -> None:
        self._known_by("of_loads", loads)

    def built(self, results: tuple) -> None:
        self._known_by("of_build", results)

    def checks(self, stage: str) -> None:
        self._known_by("of_check", stage, self.run_id)

    def published(self, folder: Path, *, is_rollback: bool) -> None:
        self._known_by("of_publication", folder, is_rollback)

    def _known_by(self, function: str, *known: object) -> None:
        def parts() -> list[Part]:
            from customer360.lineage import parts  # imported when somebody is told: it takes a moment

            return getattr(parts, function)(self.settings, *known)

        self.parts = parts

    @property
    def uuid(self) -> str:
        return str(uuid.uuid5(RUNS, f"{self.run_id}/{self.name}/{self.started_at.isoformat()}"))


@contextlib.contextmanager
def step(settings: Settings, name: str, *, run_id: str) -> Iterator[Step]:
    """Tell that a step begins and how it ends; without CUSTOMER360_LINEAGE_URL nobody is told."""
    this = Step(settings, name, run_id)
    _tell(this, lambda: [_step_event(this, "START", this.started_at)])
    try:
        yield this
    except BaseException as error:
        failed = error
        _tell(this, lambda: [*_part_events(this), _step_event(this, "FAIL", utc_now(), failed)])
        raise
    _tell(this, lambda: [*_part_events(this), _step_event(this, "COMPLETE", utc_now())])


def parent_uuid(run_id: str) -> str:
    """The OpenLineage run id of a row of ops.pipeline_runs."""
    return str(uuid.uuid5(RUNS, run_id))


def _tell(this: Step, events: Callable[[], list[RunEvent]]) -> None:
    if not this.settings.lineage_url:
        return
    try:
        from openlineage.client.event_v2 import set_producer

        from customer360.lineage.sending import send

        set_producer(PRODUCER)  # of the facets
        made = events()
        send(this.settings.lineage_url, made, SENDING_SECONDS)
    except Exception as error:
        log.error("lineage of %s could not be told: %s", this.name, type(error).__name__)


def _part_events(this: Step) -> list[RunEvent]:
    """START and end of each part. Parts that cannot be found out are left out: the step is told all the same."""
    try:
        parts = this.parts() if this.parts else []
    except Exception as error:
        log.warning("lineage of %s has no tables: %s", this.name, type(error).__name__)
        return []
    return [event for part in parts for event in _events_of(this, part)]


def _events_of(this: Step, part: Part) -> Iterator[RunEvent]:
    name = f"{_job_name(this)}.{part.name}"
    run_id = str(uuid.uuid5(RUNS, f"{this.uuid}/{name}"))
    ended_at = utc_now()
    began_at = max(this.started_at, ended_at - timedelta(seconds=part.seconds)) if part.seconds else this.started_at
    for state, moment in (("START", began_at), ("COMPLETE" if part.succeeded else "FAIL", ended_at)):
        facets = _run_facets(this, parent=this.uuid, parent_job=_job_name(this))
        yield _event(state, moment, run_id, facets, name, "TABLE", *part.datasets(with_facets=state != "START"))


def _step_event(this: Step, state: str, moment: datetime, error: BaseException | None = None) -> RunEvent:
    from openlineage.client.facet_v2 import error_message_run

    dag_id, dot, _ = this.run_id.partition(".")
    facets = _run_facets(this, parent=parent_uuid(this.run_id), parent_job=dag_id if dot else "command line")
    if error is not None:
        message = f"{type(error).__name__}: {told(error, this.settings)}"
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(message, "PYTHON")
    return _event(state, moment, this.uuid, facets, _job_name(this), "STEP", [], [])


def _event(
    state: str, moment: datetime, run_id: str, facets: dict, job: str, kind: str, inputs: list, outputs: list
) -> RunEvent:
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import job_type_job

    return RunEvent(
        eventType=RunState(state),
        eventTime=moment.replace(tzinfo=UTC).isoformat(timespec="milliseconds"),
        run=Run(run_id, facets),
        job=Job(JOBS, job, {"jobType": job_type_job.JobTypeJobFacet("BATCH", "CUSTOMER360", kind)}),
        inputs=inputs,
        outputs=outputs,
        producer=PRODUCER,
    )


def _run_facets(this: Step, *, parent: str, parent_job: str) -> dict:
    from openlineage.client.facet_v2 import parent_run, tags_run

    tag = tags_run.TagsRunFacetFields(key="run_id", value=this.run_id, source="ops.pipeline_runs")
    return {
        "parent": parent_run.ParentRunFacet(parent_run.Run(parent), parent_run.Job(JOBS, parent_job)),
        "tags": tags_run.TagsRunFacet([tag]),
    }


def _job_name(this: Step) -> str:
    return this.name.replace(" ", ".")
