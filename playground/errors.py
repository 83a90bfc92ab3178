"""Discord's error answers. Codes: Discord's table "JSON error codes"."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


class ApiError(Exception):
    """An answer `{code, message}` with an HTTP status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} ({code}): {message}")
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> Json:
        return {"message": self.message, "code": self.code}

    def problems(self) -> list[str]:
        """Lines for the ledger."""
        return [f"{self.code} {self.message}"]


class Invalid(ApiError):
    """50035: the body breaks a rule; `found` holds (path, code, sentence)."""

    def __init__(self, found: list[tuple[Path, str, str]]) -> None:
        super().__init__(400, 50035, "Invalid Form Body")
        self.found = found

    def body(self) -> Json:
        errors: Json = {}
        for path, code, message in self.found:
            node = errors
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        return {**super().body(), "errors": errors}

    def problems(self) -> list[str]:
        return [f"{'.'.join(map(str, path)) or '(body)'}: {code} {message}" for path, code, message in self.found]


def not_found() -> ApiError:
    """The answer for a route that is not there."""
    return ApiError(404, 0, "404: Not Found")


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str) -> ApiError:
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Emoji": 10014,
        "Webhook": 10015,
        "Sticker": 10060,
        "Interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def too_large() -> ApiError:
    return ApiError(413, 40005, "Request entity too large")
