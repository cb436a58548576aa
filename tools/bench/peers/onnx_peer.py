"""ONNX Runtime's side of the generator bench, fp32.

    python onnx_peer.py MODEL_FOLDER HEIGHT WIDTH THREADS

Says {"ready": versions, "how": text} first, then answers:
  {"do": "output", "input": FILE, "output": FILE}   runs one picture, raw float32 in height, width, channels order
  {"do": "time", "frames": N}                       {"ms": wall time of N frames in a row ÷ N}
"""

import platform
import sys
import time

import numpy as np
import onnx
import onnxruntime as ort

from answers import answer_requests, reply
from generator_onnx import build
from saved_weights import read_floats, write_floats

WARM_UP, TRIED = 3, 9


def session_for(model, threads, spinning):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spinning else "0")
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def quicker_session(model, threads, frame):
    """Threads that spin while they wait win on an idle machine and lose on a busy one: the better of the two is taken."""
    sessions = {name: session_for(model, threads, name == "spinning") for name in ("spinning", "sleeping")}
    times = {name: [] for name in sessions}
    for turn in range(WARM_UP + TRIED):
        for name, session in sessions.items():
            took = milliseconds(session, frame, 1)
            if turn >= WARM_UP:
                times[name].append(took)
    best = min(times, key=lambda name: np.median(times[name]))
    return best, sessions[best]


def milliseconds(session, frame, frames):
    """Per frame, from a picture in memory to its chroma in memory."""
    started = time.perf_counter()
    for _ in range(frames):
        session.run(None, {"input": frame})
    return (time.perf_counter() - started) * 1000 / frames


def main(folder, height, width, threads):
    model = build(folder, height, width)
    channels = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    frame = np.random.default_rng(1).uniform(-1, 1, (1, channels, height, width)).astype(np.float32)
    waiting, session = quicker_session(model, threads, frame)

    def output(input, output):
        (chroma,) = session.run(None, {"input": read_floats(input, (height, width, channels))})
        write_floats(output, chroma)
        return {}

    versions = {"onnxruntime": ort.__version__, "onnx": onnx.__version__, "python": platform.python_version()}
    reply({"ready": versions, "how": f"{waiting} threads"})
    answer_requests({"output": output, "time": lambda frames: {"ms": milliseconds(session, frame, frames)}})


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
