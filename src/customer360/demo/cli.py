"""`customer360 demo`: the sample company on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from customer360.config import load_settings
from customer360.demo import sample
from customer360.errors import SettingError

FOLDER = click.Path(file_okay=False, path_type=Path)
SIZE = click.option("--size", type=click.Choice(["small", "medium", "large"]), default="small", show_default=True)
SEED = click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same company.")


@click.group()
def demo() -> None:
    """The sample company: a bookshop with study materials and its three source systems."""


@demo.command()
@SIZE
@SEED
@click.option("--orders", type=click.IntRange(min=1), help="How many orders, instead of the size's own number.")
@click.option("--folder", type=FOLDER, help="Where to put it; default: sample, in CUSTOMER360_HOME.")
@click.option(
    "--shop-url", help="Where the shop's database goes: sqlite:///path or postgresql://…; default: in the folder."
)
def generate(size: str, seed: int, orders: int | None, folder: Path | None, shop_url: str | None) -> None:
    """Make the company's data, replacing what is there."""
    folder = folder or load_settings().sample
    sample.make(folder, size=size, seed=seed, orders=orders, shop_url=shop_url, say=click.echo)
    click.echo(f"The sample company ({size}, seed {seed}) is in {folder}.")


@demo.command("serve-helpdesk")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="A folder of tickets, users, ticket_events, satisfaction_ratings and groups as .jsonl or .jsonl.gz.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free port.")
@click.option(
    "--token", help="What callers must show. Anyone on the machine can read a command line: better the next option."
)
@click.option(
    "--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file that holds the token."
)
@click.option(
    "--requests-per-minute", type=click.IntRange(min=1), help="Refuse more than this with 429; default: no limit."
)
@click.option("--refuse-every", type=click.IntRange(min=2), help="Refuse every n-th request with 429.")
@click.option(
    "--retry-after",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seconds a 429 asks callers to wait.",
)
@click.option("--repeat-records", is_flag=True, help="Open each page with the last record of the page before.")
@click.option("--state-file", type=click.Path(dir_okay=False, path_type=Path), hidden=True)
def serve_helpdesk(
    data: Path, port: int, token: str | None, token_file: Path | None, state_file: Path | None, **options
) -> None:
    """Serve a folder of JSON lines as a helpdesk with Zendesk's API, on this machine only.

    The token is --token, or the content of --token-file, or CUSTOMER360_HELPDESK_TOKEN.
    """
    token = token or (token_file and token_file.read_text(encoding="utf-8").strip()) or load_settings().helpdesk_token
    if not token:
        raise SettingError("The helpdesk needs a token: give --token-file, or set CUSTOMER360_HELPDESK_TOKEN.")
    sample.serve(data, port=port, token=token, state_file=state_file, say=click.echo, **options)


@demo.command()
@SIZE
@SEED
def start(size: str, seed: int) -> None:
    """Have the company up: make its data when absent, start its helpdesk, write the source settings to sources.env."""
    folder = load_settings().sample
    url = sample.start(folder, size=size, seed=seed, say=click.echo)
    click.echo(f"The sample company is up, its helpdesk on {url}.")
    click.echo(f"Its source settings: . {folder / 'sources.env'}")


@demo.command()
def stop() -> None:
    """End the company's helpdesk; its data stays."""
    click.echo("Helpdesk ended." if sample.stop(load_settings().sample) else "The helpdesk was not running.")


@demo.command()
def status() -> None:
    """Say what is there and what is running. Exits 1 when the helpdesk does not answer."""
    folder = load_settings().sample
    state = sample.status(folder)
    click.echo(f"Data: {folder if state.generated else 'none yet'}")
    click.echo(f"Helpdesk: {f'{state.url}, process {state.pid}' if state.answers else 'not running'}")
    if not state.answers:
        raise SystemExit(1)
