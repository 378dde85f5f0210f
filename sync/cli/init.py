"""`init`: write a config to edit and review."""

from pathlib import Path

import click

from sync.cli import say


@click.command()
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), default="config", show_default=True)
def command(folder: Path) -> None:
    """Write revops.yaml with every setting, its default and what it means; an existing file is never touched."""
    from importlib.resources import files

    from connectors.errors import UsageError

    path = folder / "revops.yaml"
    if path.exists():
        raise UsageError(f"{path} exists", "Edit it, or name another folder with --dir")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(files("sync").joinpath("revops.yaml").read_text("utf-8"), "utf-8")
    say(f"wrote {path}; next: set the credentials and run `revops-sync doctor`")
