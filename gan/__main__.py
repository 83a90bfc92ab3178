"""`python -m gan serve | train RUN_DIR | render | directions | evaluate | import | runs | evolution | bench`.

Each branch imports what it needs, so serving loads no torch.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: str = options.command
    if command == "serve":
        return _serve()
    if command == "train":
        from gan import families
        from gan.engines.trainee import train
        from gan.priority import TRAINER, step_back

        step_back(TRAINER)
        wandb = bool(os.environ.get("WANDB_API_KEY")) or os.environ.get("WANDB_MODE") in ("offline", "online")
        return train(options.run_dir, families.get, wandb=wandb)
    if command == "render":
        from gan import families
        from gan.sampling.by_hand import render_sheet

        o = options
        return render_sheet(o.model, o.out, o.count, o.seed, o.variety, o.size, families.get)
    if command == "directions":
        from gan import families
        from gan.sampling.by_hand import direction_sheet

        return direction_sheet(options.model, options.out, options.count, options.seed, families.get)
    if command == "evaluate":
        from gan import families
        from gan.evaluate.by_hand import evaluate
        from gan.settings import WorkerSettings

        o = options
        return evaluate(o.model, o.against, o.count, o.variety, o.json, WorkerSettings().data, families.get)
    if command == "import":
        from gan import families
        from gan.importing import import_model
        from gan.settings import WorkerSettings

        return import_model(options.file, WorkerSettings().data, families.FAMILIES, dry=options.check)
    if command == "runs":
        from gan.settings import WorkerSettings
        from gan.tracking.table import show_runs

        o = options
        return show_runs(o.folder or WorkerSettings().data / "trainings", o.ids, o.family, o.limit, o.json)
    if command == "evolution":
        from gan.settings import WorkerSettings
        from gan.tracking.table import save_evolution

        return save_evolution(WorkerSettings().data / "trainings", options.id, options.to)
    from gan.sampling.bench import bench

    return bench(options.model)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gan", description="Artel's worker: trains models and draws with them."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="the HTTP worker; set up by ARTEL_WORKER_… in the environment")
    train = commands.add_parser("train", help="train a run folder, or go on with one")
    train.add_argument("run_dir", type=Path)
    render = commands.add_parser("render", help="draw a sheet of pictures with a model file")
    render.add_argument("model", type=Path)
    render.add_argument("out", type=Path, help="PNG file to write")
    render.add_argument("--count", type=int, default=16)
    render.add_argument("--seed", type=int, default=0, help="of the first picture; the others follow")
    render.add_argument("--variety", type=float, default=0.5)
    render.add_argument(
        "--size", type=int, default=None, help="side of each picture in pixels; the model's own if unset"
    )
    directions = commands.add_parser("directions", help="draw what each of a model's directions does, from -3 to +3")
    directions.add_argument("model", type=Path)
    directions.add_argument("out", type=Path, help="PNG file to write")
    directions.add_argument("--count", type=int, default=8, help="directions shown, largest effect first")
    directions.add_argument("--seed", type=int, default=0, help="of the picture that is edited")
    evaluate = commands.add_parser("evaluate", help="measure a model: how good, how varied, how new its pictures are")
    evaluate.add_argument("model", help="a model's id, or its file")
    evaluate.add_argument(
        "--against",
        type=Path,
        help="folder of pictures to judge by; the model's own works, where they are kept, if unset",
    )
    evaluate.add_argument("--count", type=int, default=256, help="pictures drawn for the measurement")
    evaluate.add_argument("--variety", type=float, default=0.5)
    evaluate.add_argument("--json", action="store_true", help="the figures as JSON instead of a table")
    take = commands.add_parser("import", help="check a model file from elsewhere and take it in")
    take.add_argument("file", type=Path)
    take.add_argument("--check", action="store_true", help="only check it")
    runs = commands.add_parser("runs", help="list trainings, or compare those named")
    runs.add_argument("ids", nargs="*", help="ids, their beginnings, titles, or run folders")
    runs.add_argument("--folder", type=Path, help="folder of run folders; the worker's own if unset")
    runs.add_argument("--family", help="only those of this family")
    runs.add_argument("--limit", type=int, default=30, help="only so many, the newest first")
    runs.add_argument("--json", action="store_true", help="one JSON object a line, the curves in it")
    evolution = commands.add_parser("evolution", help="make one animation of all the samples of a training")
    evolution.add_argument("id", help="id, its beginning, title, or run folder")
    evolution.add_argument("to", type=Path, nargs="?", help="file to write: .webp, .gif or .mp4")
    bench = commands.add_parser("bench", help="time renders by stage on this machine")
    bench.add_argument("model", type=Path)
    return parser


def _serve() -> int:
    import asyncio

    from pydantic import ValidationError

    from gan import families
    from gan.server.serve import CannotStart, configure_logging, serve
    from gan.server.tracing import open_provider
    from gan.settings import WorkerSettings

    try:
        settings = WorkerSettings()
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            print(f"ARTEL_WORKER_{str(fault['loc'][0]).upper()}: {fault['msg']}", file=sys.stderr)
        return 2
    configure_logging(settings)
    try:
        asyncio.run(serve(settings, families.infos(), traces=open_provider(os.environ)))
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
