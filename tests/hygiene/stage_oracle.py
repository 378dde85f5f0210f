"""What a stage history says, worked out anew for each move from everything that came before it."""

from collections.abc import Mapping, Sequence

Event = tuple[int, str, str]  # milliseconds, who, stage
Board = Mapping[str, Mapping[str, str]]  # pipeline -> stage -> open, won or lost
Told = tuple[str, str, int, tuple[str, ...], int]  # kind, stage, entered, passed over, stages back


def told(events: Sequence[Event], board: Board, older: bool) -> list[Told]:
    """Every move of one deal; `older` says that the deal was there before its history began."""
    stays = settled(events)
    names = [stage for _, stage in stays]
    return [
        (*one(names[: place + 1], board, older), at, *more(names[: place + 1], board, older))
        for place, (at, _) in enumerate(stays)
    ]


def settled(events: Sequence[Event]) -> list[tuple[int, str]]:
    """Clicks of one person within a second become the last of them; staying is no move."""
    left, found = list(events), list[tuple[int, str]]()
    while left:
        at, who, _ = left[0]
        burst = 0
        while burst < len(left) and left[burst][1] == who and left[burst][0] <= at + 1000:
            burst += 1
        found.append((left[burst - 1][0], left[burst - 1][2]))
        left = left[burst:]
    return [item for place, item in enumerate(found) if place == 0 or found[place - 1][1] != item[1]]


def owner(stage: str, board: Board) -> str:
    return "".join(name for name, stages in board.items() if stage in stages)


def one(names: Sequence[str], board: Board, older: bool) -> tuple[str, str]:
    """The kind of the last move."""
    here = names[-1]
    if not owner(here, board):
        return "unknown", here
    if len(names) == 1:
        return ("first seen" if older else "created"), here
    home, came = owner(here, board), owner(names[-2], board)
    if not came:
        return "unknown", here
    if came != home:
        return "transfer", here
    if board[home][here] != "open":
        return "close", here
    if board[home][names[-2]] != "open":
        return "reopen", here
    order = list(board[home])
    return ("return" if order.index(here) < order.index(names[-2]) else "advance"), here


def more(names: Sequence[str], board: Board, older: bool) -> tuple[tuple[str, ...], int]:
    """What the last move passed over, and how many stages it went back."""
    kind, here = one(names, board, older)
    if kind in {"unknown", "transfer", "first seen"}:
        return (), 0
    ways = [stage for stage, state in board[owner(here, board)].items() if state == "open"]
    if kind == "return":
        return (), ways.index(names[-2]) - ways.index(here)
    state = board[owner(here, board)][here]
    end = {"open": ways.index(here) if here in ways else 0, "won": len(ways), "lost": 0}[state]
    return tuple(
        s for s in ways[stood_at(names[:-1], ways, board, here) : end] if not maybe(s, names, ways, board, older)
    ), 0


def stood_at(earlier: Sequence[str], ways: Sequence[str], board: Board, here: str) -> int:
    """The place after the open stage of this pipeline that the deal stood in last, since it came to the pipeline."""
    for stage in reversed(earlier):
        if stage in ways:
            return ways.index(stage) + 1
        if owner(stage, board) not in {"", owner(here, board)}:
            return 0
    return 0


def maybe(stage: str, names: Sequence[str], ways: Sequence[str], board: Board, older: bool) -> bool:
    """Whether the deal stood in a stage, or may have while nobody could tell where it was."""
    if stage in names[:-1]:
        return True
    for place, name in enumerate(names[:-1]):
        doubt = (older if place == 0 else not owner(names[place - 1], board)) and owner(name, board) == owner(
            stage, board
        )
        if doubt and (name not in ways or ways.index(stage) < ways.index(name)):
            return True
    return False
