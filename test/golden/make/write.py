"""How a maker writes its golden file: beside this folder, one case a line."""

import json
import platform
from importlib.metadata import version
from pathlib import Path


def write(name, packages, how, **lists):
    """Writes test/golden/<name>.json: what made it, then each list with one entry a line."""
    made_with = {"python": platform.python_version(), **{package: version(package) for package in packages}}
    parts = [f'"madeWith": {json.dumps(made_with)}', f'"how": {json.dumps(how)}']
    for key, entries in lists.items():
        lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
        parts.append(f'"{key}": [\n{lines}\n ]')
    text = "{\n " + ",\n ".join(parts) + "\n}\n"
    Path(__file__).parent.parent.joinpath(f"{name}.json").write_text(text)
