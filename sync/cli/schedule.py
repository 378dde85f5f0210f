"""`schedule`: starts the scheduled job by cron, systemd or GitHub."""

from pathlib import Path

import click

from sync.cli import opened, say

EVERY = "hourly, daily, weekdays, weekly, monthly, or the five fields of cron, as in '0 6 * * 1-5'."


@click.command()
@click.argument("where", type=click.Choice(("cron", "systemd", "github")))
@click.option("--every", default="daily", show_default=True, help=EVERY)
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    help="The file with the credentials, NAME=value a line, mode 0600; the job reads it itself.",
)
@click.option("--install", is_flag=True, help="Install it for this user, in the place of an earlier one.")
@click.option("--remove", is_flag=True, help="Remove what --install put there.")
def command(where: str, every: str, env_file: Path | None, install: bool, remove: bool) -> None:
    """Print what starts `run` on schedule: a cron line, a systemd service and timer, or a GitHub Actions workflow."""
    from sync.jobs import schedule
    from sync.render.schedule import crontab, github, service, timer

    if where == "github" and (install or remove):
        raise click.UsageError("Redirect it into .github/workflows/revops-sync.yml and commit that.")
    if install and remove:
        raise click.UsageError("Either --install or --remove.")
    if where == "github":
        click.echo(github(every), nl=False)
        return
    if remove:
        say(schedule.remove_cron() if where == "cron" else schedule.units().remove())
        return
    with opened() as session:
        job = schedule.job_of(session.settings, every, env_file)
    line = (
        crontab(job) if where == "cron" else f"# revops-sync.service\n{service(job)}\n# revops-sync.timer\n{timer(job)}"
    )
    if install:
        session.settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        say(schedule.install_cron(job) if where == "cron" else schedule.units().install(job))
        return
    click.echo(line.rstrip("\n"))
