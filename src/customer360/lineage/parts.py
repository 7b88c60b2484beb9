"""What each step read and wrote, table by table: from the loads it returned, dbt's manifest, ops, a publication."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    data_quality_assertions_dataset,
    dataset_version_dataset,
    documentation_dataset,
    input_statistics_input_dataset,
    output_statistics_output_dataset,
    schema_dataset,
)

from customer360.config import Settings
from customer360.lineage.names import published_file, published_table, source_table, warehouse_table
from customer360.warehouse import reading

Name = tuple[str, str]  # namespace and name of a dataset


@dataclass
class Part:
    """One table's way through a step."""

    name: str
    inputs: list[Name] = field(default_factory=list)
    outputs: list[Name] = field(default_factory=list)
    succeeded: bool = True
    seconds: float = 0
    facets: dict = field(default_factory=dict)  # of each output, as a dataset
    input_facets: dict = field(default_factory=dict)
    output_facets: dict = field(default_factory=dict)

    def datasets(self, *, with_facets: bool) -> tuple[list[InputDataset], list[OutputDataset]]:
        """Inputs and outputs; what is only known at the end is left out at the start."""
        own, read, written = (self.facets, self.input_facets, self.output_facets) if with_facets else ({}, {}, {})
        inputs = [InputDataset(*name, inputFacets=read) for name in self.inputs]
        return inputs, [OutputDataset(*name, facets=own, outputFacets=written) for name in self.outputs]


def of_loads(settings: Settings, loads: Iterable) -> list[Part]:
    """A source's table into its table of raw, with rows read and rows that were new."""
    by_table: dict[tuple[str, str], list] = {}
    for load in loads:
        by_table.setdefault((load.source_system, load.source_table), []).append(load)
    return [
        Part(
            name=table,
            inputs=[source_table(settings, source, table)],
            outputs=[warehouse_table(settings, f"raw.{source}_{table}")],
            succeeded=all(load.status == "succeeded" for load in mine),
            input_facets={"inputStatistics": _read(sum(load.rows_read for load in mine))},
            output_facets={"outputStatistics": _written(sum(load.rows_loaded for load in mine))},
        )
        for (source, table), mine in by_table.items()
    ]


def of_build(settings: Settings, results: Iterable) -> list[Part]:
    """The tables of raw that a mart is made of, in however many steps, into the mart, with its columns."""
    manifest = json.loads((settings.home / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes, sources = manifest["nodes"], manifest["sources"]
    known: dict[str, frozenset[str]] = {}

    def raw_of(node_id: str) -> frozenset[str]:
        if node_id in sources:
            return frozenset([f"{sources[node_id]['schema']}.{sources[node_id]['identifier']}"])
        if node_id not in known:
            known[node_id] = frozenset()
            above = nodes.get(node_id, {}).get("depends_on", {}).get("nodes", [])
            known[node_id] = frozenset().union(*map(raw_of, above))
        return known[node_id]

    parts = []
    for result in results:
        node = nodes.get(result.node_id, {})
        if node.get("schema") != "marts" or result.resource_type != "model" or result.status == "skipped":
            continue
        parts.append(
            Part(
                name=node["name"],
                inputs=[warehouse_table(settings, name) for name in sorted(raw_of(result.node_id))],
                outputs=[warehouse_table(settings, f"marts.{node['name']}")],
                succeeded=result.status == "success",
                seconds=result.seconds,
                facets={
                    "schema": _schema(node["columns"].values()),
                    "documentation": documentation_dataset.DocumentationDatasetFacet(node["description"].strip()),
                },
            )
        )
    return parts


def of_check(settings: Settings, stage: str, run_id: str) -> list[Part]:
    """The tables that were checked, with what was expected and what was found."""
    with reading(settings, "lineage", wait_seconds=10) as connection:
        rows = connection.execute(
            """
            select table_name, check_name, column_name, status, expected, observed from ops.completeness_results
            where run_id = $run_id and stage = $stage and table_name is not null and checked_at =
                (select max(checked_at) from ops.completeness_results where run_id = $run_id and stage = $stage)
            """,
            {"run_id": run_id, "stage": stage},
        ).fetchall()
    by_table: dict[str, list] = {}
    for table, check, column, status, expected, observed in rows:
        assertion = data_quality_assertions_dataset.Assertion(
            assertion=check,
            success=status not in ("failed", "crashed"),
            column=column,
            expected=None if expected is None else f"{expected:g}",
            actual=None if observed is None else f"{observed:g}",
        )
        by_table.setdefault(table, []).append(assertion)
    facet = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet
    return [
        Part(
            name=table.replace(".", "_"),
            inputs=[warehouse_table(settings, table)],
            succeeded=all(each.success for each in assertions),
            input_facets={"dataQualityAssertions": facet(assertions)},
        )
        for table, assertions in by_table.items()
    ]


def of_publication(settings: Settings, folder: Path, is_rollback: bool) -> list[Part]:
    """A mart into the published table and its Parquet file, with the version; a rollback makes nothing anew."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    version = dataset_version_dataset.DatasetVersionDatasetFacet(manifest["publication_id"])
    return [
        Part(
            name=mart,
            inputs=[] if is_rollback else [warehouse_table(settings, f"marts.{mart}")],
            outputs=[published_table(settings, mart), published_file(settings, mart)],
            facets={"version": version},
            output_facets={"outputStatistics": _written(rows)},
        )
        for mart, rows in manifest["row_counts"].items()
    ]


def _read(rows: int) -> input_statistics_input_dataset.InputStatisticsInputDatasetFacet:
    return input_statistics_input_dataset.InputStatisticsInputDatasetFacet(rowCount=rows)


def _written(rows: int) -> output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet:
    return output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)


def _schema(columns: Iterable[dict]) -> schema_dataset.SchemaDatasetFacet:
    described = [(column["name"], column["data_type"], " ".join(column["description"].split())) for column in columns]
    return schema_dataset.SchemaDatasetFacet([schema_dataset.SchemaDatasetFacetFields(*each) for each in described])
