"""A client of the suite as its folder describes it."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

CLIENTS = Path(__file__).parent / "clients"


@dataclass(frozen=True, slots=True)
class Client:
    """One real client and the program that puts it to work; `timeout` is in seconds."""

    folder: Path
    language: str
    package: str
    requires: tuple[str, ...]
    program: str
    about: str
    light: bool = False
    tls: bool = False
    tunnel: bool = False
    reference: str = ""
    install_scripts: bool = False
    empty: bool = False
    timeout: int = 300
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def read(folder: Path) -> Client:
    """The client of a folder; `ValueError` names the file and what is wrong with it."""
    file = folder / "client.toml"
    said = tomllib.loads(file.read_text("utf-8"))
    known = {item.name: item for item in fields(Client)}
    if unknown := said.keys() - known.keys():
        raise ValueError(f"{file}: unknown {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    if said.get("language") not in ("python", "node"):
        raise ValueError(f'{file}: language is "python" or "node"')
    loose = [item for item in said["requires"] if not exact(item, said["language"])]
    if loose:
        raise ValueError(f"{file}: give exact versions: {', '.join(loose)}")
    said |= {"requires": tuple(said["requires"]), "variables": tuple(said.get("variables", {}).items())}
    return Client(folder=folder, **said)


def exact(requirement: str, language: str) -> bool:
    """Whether a requirement names one version: `name==1.2.3` of Python, `name@1.2.3` of Node."""
    name, _, version = requirement.rpartition("==" if language == "python" else "@")
    return bool(name) and version[:1].isdigit() and not set(version) & set("*<>~^, ")


def everyone(root: Path = CLIENTS) -> list[Client]:
    """Every client under a folder, by name."""
    return [read(file.parent) for file in sorted(root.glob("*/client.toml"))]
