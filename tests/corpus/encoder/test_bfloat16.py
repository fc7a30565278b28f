import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from fakes import child_command, child_environment

from assistant.assembly import briefs_folder
from corpus.encoder.bfloat16 import Bfloat16Model
from corpus.encoder.inference import open_tokenizer
from corpus.encoder.model_files import model_folder
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import unit_rows

pytestmark = pytest.mark.skipif(find_spec("openvino") is None, reason="OpenVINO has no build for this processor")

TEXTS = [path.read_text(encoding="utf-8")[-900:] for path in sorted(briefs_folder().glob("*.md"))]


@pytest.fixture(scope="module")
def model():
    return Bfloat16Model(model_folder(), threads=2)


@pytest.fixture(scope="module")
def encoded():
    return [item.ids for item in open_tokenizer(model_folder(), longest=256).encode_batch_fast(TEXTS)]


def test_the_vectors_are_those_of_the_released_model(model, encoded):
    ours = unit_rows(np.concatenate([model.encode(encoded[start : start + 4]) for start in range(0, len(encoded), 4)]))
    theirs = open_encoder(precision="float32").encode_passages([""] * len(TEXTS), ["\n" + text for text in TEXTS])
    assert len(TEXTS) > 90
    assert (ours * theirs).sum(axis=1).min() >= 0.9999
    int8 = open_encoder(precision="int8").encode_passages([""] * len(TEXTS), TEXTS)
    assert (int8 * theirs).sum(axis=1).min() < 0.9999, "the control: int8 weights are told from the released ones"


def test_what_a_text_is_padded_to_changes_next_to_nothing(model, encoded):
    short, long = encoded[0][:9], max(encoded, key=len)
    (alone,), (beside, _) = unit_rows(model.encode([short])), unit_rows(model.encode([short, long]))
    assert alone @ beside >= 0.9999
    other = unit_rows(model.encode([encoded[0][:5]]))[0]
    assert alone @ other < 0.9999, "the control: four tokens more are told"


def test_it_starts_without_the_tools_that_report_over_the_network():
    ours = "from corpus.encoder.bfloat16 import Bfloat16Model, pays_here\n"
    ours += "from corpus.encoder.model_files import model_folder\n"
    ours += "pays_here(); Bfloat16Model(model_folder(), 1).encode([[101, 102]])\n"
    assert _telemetry_after(ours) == []
    assert _telemetry_after("import openvino_telemetry") == ["openvino_telemetry"], "the control"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells the priority of each thread")
def test_its_threads_step_back_behind_those_that_answer():
    encoder = open_encoder()
    before = {int(task.name) for task in Path("/proc/self/task").iterdir()}
    encoder.encode_passages([""] * 8, TEXTS[:8])
    started = {int(task.name) for task in Path("/proc/self/task").iterdir()} - before
    assert started
    assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in started} == {5}


def _telemetry_after(code: str) -> list[str]:
    code += "\nimport sys; print(*sorted(name for name in sys.modules if name == 'openvino_telemetry'))"
    ran = subprocess.run(child_command("-c", code), env=child_environment(), capture_output=True, text=True, check=True)
    return ran.stdout.split()
