"""Runs an exported model with Python's TensorFlow, in both ways that it loads a SavedModel.

    run_saved_model.py FOLDER LUMA OUT

LUMA holds the input as raw float32. Writes OUT/v2-u.f32, OUT/v2-v.f32 (tf.saved_model.load) and OUT/v1-u.f32,
OUT/v1-v.f32 (the loader of TensorFlow 1, whose session TensorFlow Serving and Triton use), and prints as JSON what the
signature says of its inputs and outputs.
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

SIGNATURE = "serving_default"


def write(out, loader, results):
    for name, values in results.items():
        np.asarray(values, dtype=np.float32).tofile(out / f"{loader}-{name}.f32")


def main(folder, luma_file, out):
    function = tf.saved_model.load(folder).signatures[SIGNATURE]
    luma_spec = function.structured_input_signature[1]["luma"]
    luma = np.fromfile(luma_file, dtype=np.float32).reshape(luma_spec.shape)
    write(out, "v2", {name: tensor.numpy() for name, tensor in function(luma=tf.constant(luma)).items()})

    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        signature = tf.compat.v1.saved_model.load(session, ["serve"], folder).signature_def[SIGNATURE]
        fetches = {name: info.name for name, info in signature.outputs.items()}
        write(out, "v1", session.run(fetches, {signature.inputs["luma"].name: luma}))

    describe = lambda tensors: {name: [t.dtype.name, list(t.shape)] for name, t in tensors.items()}
    inputs = describe(function.structured_input_signature[1])
    print(json.dumps({"inputs": inputs, "outputs": describe(function.structured_outputs)}, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
