"""Settings: read from plain variables, explained when wrong, and written down in `.env.example`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic import ValidationError

from bot.settings import Settings, SettingsError, example, read, variables
from gan.settings import WorkerSettings

ROOT = Path(__file__).parents[2]


def test_the_example_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text() == example(), "run: make env"


def test_the_example_names_every_setting_of_bot_and_worker() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line[1:].partition("=")[0] for line in lines if line.startswith("#") and not line.startswith("# ")}
    worker = {f"ARTEL_WORKER_{name}".upper() for name in WorkerSettings.model_fields}
    assert named == variables() | worker


def test_the_example_uncommented_changes_nothing(tmp_path: Path) -> None:
    lines = [
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in example().splitlines()
    ]
    path = tmp_path / ".env"
    path.write_text("\n".join(lines))
    values = {name: value for name, value in dotenv_values(path).items() if value is not None}
    assert len(values) > 20
    assert read(values) == Settings()


def test_every_default_is_explained() -> None:
    for name, field in Settings.model_fields.items():
        for inner, facts in type(field.default).model_fields.items():
            assert len(facts.description or "") > 30, f"{name}.{inner}"


def test_values_are_read_and_empty_ones_are_not_set() -> None:
    settings = read(
        {
            "DISCORD_TOKEN": "a.b.c",
            "ARTEL_DATA": "/srv/artel",
            "ARTEL_RENDERS_PER_MINUTE": "7",
            "ARTEL_ANYONE_MAY_TRAIN": "no",
            "ARTEL_TRAINING_MINUTES_MAX": "",
            "DATABASE_URL": " ",
            "HOME": "/root",
        }
    )
    assert settings.bot_token == "a.b.c"
    assert settings.data == Path("/srv/artel")
    assert settings.limits.renders_per_minute == 7
    assert settings.limits.anyone_may_train is False
    assert settings.limits.training_minutes_max == Settings().limits.training_minutes_max
    assert settings.database_url == "sqlite+aiosqlite:////srv/artel/artel.sqlite"
    assert settings.playground_url is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ARTEL_RENDERS_PER_MINUTE", "many"),
        ("ARTEL_PORT", "0"),
        ("ARTEL_KEPT_SIDE", "8"),
        ("ARTEL_LOG_LEVEL", "loud"),
        ("ARTEL_PROCESS_NAME", "Bot 1"),
    ],
)
def test_what_cannot_be_used_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        read({variable: value})
    assert variable in str(wrong.value)
    assert repr(value) in str(wrong.value)
    assert ".env.example" in str(wrong.value)


@pytest.mark.parametrize("url", ["mysql://me:hunter2@host/db", "sqlite://", "host/db", "sqlite+aiosqlite:///"])
def test_a_database_of_another_kind_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL cannot be used") as wrong:
        read({"DATABASE_URL": url})
    assert "hunter2" not in str(wrong.value)


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        read({"ARTEL_PORT": "x", "ARTEL_FILE_MIB": "-1"})
    assert len(str(wrong.value).splitlines()) == 2


def test_secrets_are_not_shown() -> None:
    names = ("DISCORD_TOKEN", "WORKER_TOKEN", "DISCORD_CLIENT_SECRET")
    settings = read(dict.fromkeys(names, "nobody-may-see-this"))
    assert "nobody-may-see-this" not in repr(settings)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().limits.renders_per_minute = 3  # type: ignore[misc]


def test_without_settings_the_local_worker_and_playground_are_found(tmp_path: Path) -> None:
    settings = read({"ARTEL_DATA": str(tmp_path), "ARTEL_PORT": "9000"})
    assert settings.playground_url == "http://127.0.0.1:9000"
    assert settings.worker_url == "http://127.0.0.1:8790"
    assert settings.worker_token() is None
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / "token").write_text("tok\n")
    (tmp_path / "worker" / "worker.json").write_text(json.dumps({"url": "http://127.0.0.1:4321"}))
    assert settings.worker_token() == "tok"
    assert settings.worker_url == "http://127.0.0.1:4321"
    far = read({"WORKER_URL": "http://gpu-box:8790/", "WORKER_TOKEN": "far"})
    assert (far.worker_url, far.worker_token()) == ("http://gpu-box:8790", "far")
