"""`show`: a plan file in words."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reveal", is_flag=True, help="Show the values themselves; keep them on this machine.")
def command(file: Path, reveal: bool) -> None:
    """Print a plan for reading: what would change, why, how far back, with personal values masked."""
    from sync.plan.file import decode, plan_hash, read
    from sync.render.plan import markdown

    content = read(file)
    click.echo(markdown(decode(content), plan_hash(content), reveal=reveal), nl=False)
