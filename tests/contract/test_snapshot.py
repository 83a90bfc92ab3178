"""The wire contract as JSON Schema, compared with the snapshot: a change that a running client would feel is seen here.

When a change is meant, write the snapshot anew and commit it with the change:

    python -m tests.contract.test_snapshot
"""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from gan import contract

SNAPSHOT = Path(__file__).with_name("contract.json")


def schema() -> dict[str, Any]:
    wires = [
        kind
        for _, kind in inspect.getmembers(contract, inspect.isclass)
        if issubclass(kind, contract.Wire) and kind is not contract.Wire
    ]
    _, whole = models_json_schema([(kind, "validation") for kind in wires], by_alias=True)
    limits = {name: value for name, value in vars(contract).items() if name.startswith(("MAX_", "MIN_"))}
    headers = {name: value for name, value in vars(contract).items() if name.endswith("_HEADER")}
    return {"limits": limits, "headers": headers, "schemas": _without_words(whole["$defs"])}


def _without_words(value: Any) -> Any:
    """Descriptions may change freely."""
    if isinstance(value, dict):
        return {k: _without_words(v) for k, v in value.items() if not (k == "description" and isinstance(v, str))}
    return [_without_words(item) for item in value] if isinstance(value, list) else value


def test_the_contract_is_the_one_of_the_snapshot() -> None:
    assert schema() == json.loads(SNAPSHOT.read_text()), "see the top of this file"


def test_a_recipe_survives_the_wire() -> None:
    recipe: Any = contract.Mix(
        a=contract.Vary(of=contract.Seed(seed=2**53 - 1), seed=1), b=contract.Anchor(index=3), layers=(0, 2)
    )
    kind: TypeAdapter[Any] = TypeAdapter(contract.Recipe)
    assert kind.validate_json(kind.dump_json(recipe)) == recipe
    assert contract.depth(recipe) == 3


def test_neither_the_contract_nor_the_front_loads_torch() -> None:
    code = (
        "import sys, gan.contract, gan.server.serve, gan.families; gan.families.infos(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(schema(), indent=1, sort_keys=True) + "\n")
