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


def session_for(model, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def main(folder, height, width, threads):
    session = session_for(build(folder, height, width), threads)
    channels = session.get_inputs()[0].shape[1]
    frame = np.random.default_rng(1).uniform(-1, 1, (1, channels, height, width)).astype(np.float32)
    versions = {"onnxruntime": ort.__version__, "onnx": onnx.__version__, "numpy": np.__version__}
    reply({"ready": {**versions, "python": platform.python_version()}})
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
