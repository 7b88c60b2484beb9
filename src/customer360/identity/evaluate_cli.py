"""`customer360 identity evaluate`: the resolver's accuracy on a labelled file of one's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from customer360.config import load_settings
from customer360.errors import SettingError
from customer360.identity.column_choice import COLUMNS

IS_MAPPING = re.compile(r"[A-Za-z_]+=")


@click.command()
@click.argument("arguments", metavar="RECORDS [OURS=THEIRS]...", nargs=-1, required=True)
@click.option("--truth", metavar="COLUMN", required=True, help="The column that says who is truly one person.")
@click.option("--truth-match", metavar="REGEX", help="Take what this matches in the truth column (its first group).")
@click.option(
    "--map",
    "mappings",
    metavar="OURS=THEIRS",
    multiple=True,
    help="Which column is what: birth_date=dob, full_name=given_name+surname. May be given often, or several at once. "
    f"Ours are {', '.join(COLUMNS)}.",
)
@click.option("--no-guess", is_flag=True, help="Use only mapped columns and those with our names.")
@click.option("--default-country", metavar="CODE", help="Country of phones that name none, such as CN.")
@click.option("--worst", type=click.IntRange(min=0), default=5, show_default=True, help="How many errors to describe.")
@click.option("--show-values", is_flag=True, help="Show the records behind the errors; they are your own.")
@click.option(
    "--json", "json_file", metavar="FILE", help="Write the result as JSON as well; - for only that on stdout."
)
def evaluate(
    arguments: tuple[str, ...],
    truth: str,
    truth_match: str | None,
    mappings: tuple[str, ...],
    no_guess: bool,
    default_country: str | None,
    worst: int,
    show_values: bool,
    json_file: str | None,
) -> None:
    """Measure the resolver on RECORDS, a CSV, TSV or Parquet file with a column that tells the truth.

    Prints precision, recall and F1 of pairs, whole clusters and B-cubed, and the worst errors.
    """
    # `--map a=b c=d` reaches us as an option and an argument; both are mappings
    paths = [each for each in arguments if not IS_MAPPING.match(each) or Path(each).exists()]
    more_mappings = [each for each in arguments if each not in paths]
    if len(paths) != 1:
        raise click.UsageError(f"One file of records is needed, {len(paths)} are named: {', '.join(paths) or 'none'}.")
    from customer360.identity import evaluation_report
    from customer360.identity.evaluate import evaluate as evaluate_file

    result = evaluate_file(
        load_settings(),
        Path(paths[0]),
        truth=truth,
        mappings=[*mappings, *more_mappings],
        truth_match=truth_match,
        default_country=default_country,
        guess=not no_guess,
        worst=worst,
    )
    if json_file:
        text = json.dumps(evaluation_report.as_data(result, show_values=show_values), indent=2, ensure_ascii=False)
        if json_file == "-":
            click.echo(text)
            return
        try:
            Path(json_file).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise SettingError(f"--json {json_file} cannot be written: {error.strerror}.") from None
    for line in evaluation_report.lines(result, show_values=show_values):
        click.echo(line)
