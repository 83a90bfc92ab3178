"""Who may import whom, and what is loaded by an import: the lines of the house, held by machine."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "gan", "playground")
HEAVY = ("torch", "ray", "tensorflow", "torchvision")


def loaded(module: str) -> set[str]:
    """Names of all modules that a fresh Python holds after importing one."""
    code = f"import sys, {module}; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def modules(package: str) -> list[Path]:
    return [path for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts]


def test_the_import_contracts_are_kept() -> None:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command, "import-linter is not installed: make test"
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout[-4000:]


SERVES_AND_TALKS = (
    *("bot.app", "bot.__main__", "bot.workflows.studio", "bot.chat.client", "bot.worker", "bot.doctor"),
    *("gan.contract", "gan.server.app", "gan.server.serve", "gan.__main__", "gan.families", "gan.engines.local"),
)


def test_what_serves_and_talks_loads_no_torch() -> None:
    """One after the other in one fresh Python: the first that brings something heavy is named."""
    code = (
        "import sys\nfrom importlib import import_module\n"
        f"for name in {SERVES_AND_TALKS!r}:\n"
        "    import_module(name)\n"
        f"    heavy = set(sys.modules) & set({HEAVY!r})\n"
        "    if heavy: sys.exit(f'{name} loads {heavy}')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr


def test_the_contract_costs_nothing_but_pydantic() -> None:
    assert not {name.partition(".")[0] for name in loaded("gan.contract")} & {"aiohttp", "numpy", "PIL", "sqlalchemy"}


def test_the_command_line_answers_before_anything_big_is_loaded() -> None:
    assert not loaded("bot.__main__") & {"discord", "dbos", "sqlalchemy", "aiohttp", "numpy", "PIL", "alembic"}


def test_the_playground_has_no_discord_library_in_it() -> None:
    found = {name.partition(".")[0] for name in loaded("playground.server")}
    assert not found & {"discord", "bot", "gan", *HEAVY}


def test_importing_the_worker_package_runs_nothing() -> None:
    tree = ast.parse((ROOT / "gan" / "__init__.py").read_text())
    assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body)


# Loading these is how pickled code runs: https://docs.python.org/3/library/pickle.html
PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "joblib", "marshal"}


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_pickled_and_no_foreign_checkpoint_is_loaded(package: str) -> None:
    for path in modules(package):
        for node in ast.walk(ast.parse(path.read_text())):
            names = set()
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {(node.module or "").partition(".")[0]}
            assert not names & PICKLES, f"{path}:{node.lineno} imports {names & PICKLES}"
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.load", "torch.save"):
                pytest.fail(f"{path}:{node.lineno}: weights travel as safetensors")


@pytest.mark.parametrize("package", PACKAGES)
def test_only_entry_points_read_the_environment(package: str) -> None:
    allowed = {"__main__.py", "up.py", "supervisor.py"}
    for path in modules(package):
        if path.name in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.getenv", "os.environ.get"):
                pytest.fail(f"{path}:{node.lineno} reads the environment; take it by argument")


FILE_LINES = 400
FUNCTION_LINES = 70
"""The aim is 300 and 40; beyond these it is time to take something apart."""


@pytest.mark.parametrize("package", PACKAGES)
def test_files_and_functions_stay_small(package: str) -> None:
    too_long = []
    for path in modules(package):
        name, text = str(path.relative_to(ROOT)), path.read_text()
        if len(text.splitlines()) > FILE_LINES:
            too_long.append(f"{name}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    too_long.append(f"{name}:{node.lineno} {node.name}: {lines} lines")
    assert not too_long, "\n".join(too_long)
