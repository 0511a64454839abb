#!/usr/bin/env bash
# Run once by Gradescope, as root, when it builds the image: the interpreter, the grader and what it needs.
set -euo pipefail

ROOT="${AUTOGRADER_ROOT:-/autograder}"
export DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1

apt-get update
apt-get install -y --no-install-recommends python3 python3-pip bubblewrap
python3 -m pip install --quiet uv

# The image's own Python may be too old, and torch for a machine without a GPU has an index of its own.
uv venv --python 3.12 "$ROOT/venv"
uv pip install --python "$ROOT/venv/bin/python" --index-url https://download.pytorch.org/whl/cpu "torch>=2.6"
# With what students' notebooks import: pandas, scikit-learn, matplotlib and others.
uv pip install --python "$ROOT/venv/bin/python" "$ROOT/source[notebooks]"

"$ROOT/venv/bin/python" -m grader doctor || echo "This machine cannot give every layer of the jail, see above."
