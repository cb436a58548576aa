"""ONNX Runtime's side of the generator bench: one JSON request a line on standard input, one reply a line.

    python onnx_peer.py MODEL_FOLDER HEIGHT WIDTH THREADS

Says {"ready": versions} first. {"do": "output", "input": FILE, "output": FILE} runs one frame, raw little-endian
float32 in height, width, channels order. {"do": "time", "frames": N} answers {"ms": [N numbers]}.
"""

import json
import platform
import sys
import time

import numpy as np
import onnx
import onnxruntime as ort

from generator_onnx import build


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
            took = timed(session, frame)
            if turn >= WARM_UP:
                times[name].append(took)
    best = min(times, key=lambda name: np.median(times[name]))
    return best, sessions[best]


def main(folder, height, width, threads):
    model = build(folder, height, width)
    channels = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    frame = np.random.default_rng(1).uniform(-1, 1, (1, channels, height, width)).astype(np.float32)
    waiting, session = quicker_session(model, threads, frame)
    versions = {"onnxruntime": f"{ort.__version__} ({waiting} threads)", "onnx": onnx.__version__}
    reply({"ready": {**versions, "numpy": np.__version__, "python": platform.python_version()}})
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "output":
            picture = np.fromfile(request["input"], "<f4").reshape(1, height, width, channels)
            given = np.ascontiguousarray(picture.transpose(0, 3, 1, 2))
            (output,) = session.run(None, {"input": given})
            np.ascontiguousarray(output.transpose(0, 2, 3, 1)).astype("<f4").tofile(request["output"])
            reply({})
        elif request["do"] == "time":
            reply({"ms": [timed(session, frame) for _ in range(request["frames"])]})
        else:
            raise ValueError(f"unknown request {request['do']!r}")


def timed(session, frame):
    """Milliseconds from a picture in memory to its chroma in memory."""
    started = time.perf_counter()
    session.run(None, {"input": frame})
    return (time.perf_counter() - started) * 1000


def reply(message):
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
