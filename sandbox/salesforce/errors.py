"""What the vendor answers when it refuses, in the shapes of its REST, collection and SOAP interfaces."""

from typing import Any

STATUS = {
    "INVALID_SESSION_ID": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "UNKNOWN_EXCEPTION": 500,
}


class ApiError(Exception):
    """One refusal: `fields` is None where the vendor leaves the key out and empty where it answers `[]`."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] | None = None, status: int | None = None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        self.status = status or STATUS.get(code, 400)

    def in_rest(self) -> list[dict[str, Any]]:
        """The body of a REST answer: always an array."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [body if self.fields is None else {**body, "fields": list(self.fields)}]

    def in_row(self) -> dict[str, Any]:
        """The failed member of a collection: the code is called `statusCode` here and there is no `id`."""
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}
        return {"success": False, "errors": [error]}


class SeveralErrors(ApiError):
    """Refusals that are answered together, as those of several validation rules are; none is empty."""

    def __init__(self, errors: list[ApiError]):
        first = errors[0]
        super().__init__(first.code, first.message, first.fields, first.status)
        self.errors = errors

    def in_rest(self) -> list[dict[str, Any]]:
        """A member of the array for each."""
        return [body for error in self.errors for body in error.in_rest()]

    def in_row(self) -> dict[str, Any]:
        """A member of `errors` for each."""
        return {"success": False, "errors": [each for error in self.errors for each in error.in_row()["errors"]]}


def refused_for(errors: list[ApiError]) -> ApiError:
    """One refusal of all these."""
    return errors[0] if len(errors) == 1 else SeveralErrors(errors)


class QueryError(ApiError):
    """A refused SOQL text; `row` and `column` count from one."""

    def __init__(self, code: str, message: str, text: str, at: int):
        self.reason = message
        self.row = text.count("\n", 0, at) + 1
        start = text.rfind("\n", 0, at) + 1
        self.column = at - start + 1
        line = text[start:].split("\n", 1)[0]
        place = f"ERROR at Row:{self.row}:Column:{self.column}"
        super().__init__(code, f"\n{line}\n{' ' * (self.column - 1)}^\n{place}\n{message}")


def too_complicated() -> ApiError:
    """A query that the organization does not work through."""
    return ApiError(
        "QUERY_TOO_COMPLICATED", "Query is either selecting too many fields or the filter is too complicated."
    )


def not_found() -> ApiError:
    """No such resource, type or record."""
    return ApiError("NOT_FOUND", "The requested resource does not exist")


def deleted() -> ApiError:
    """The record is in the recycle bin."""
    return ApiError("ENTITY_IS_DELETED", "entity is deleted", ())


def bad_reference(*fields: str) -> ApiError:
    """A well-formed id of nothing that the caller may see."""
    return ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields)


def read_only() -> ApiError:
    """The caller's permissions hold no write access."""
    return ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", ())
