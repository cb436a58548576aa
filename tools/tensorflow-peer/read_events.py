"""Reads a TensorBoard event file with Python's TensorFlow and prints its events as a JSON list.

    read_events.py FILE

A picture is printed as the shape that TensorFlow decodes it to.
"""

import json
import sys

import tensorflow as tf


def value_of(value):
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return value.simple_value
    if kind == "image":
        shape = list(tf.io.decode_image(value.image.encoded_image_string).shape)
        return {"said": [value.image.height, value.image.width], "decoded": shape}
    return {"plugin": value.metadata.plugin_data.plugin_name, "text": tf.make_ndarray(value.tensor).item().decode()}


def describe(event):
    kind = event.WhichOneof("what")
    described = {"kind": kind, "step": event.step, "time": event.wall_time}
    if kind == "file_version":
        described["version"] = event.file_version
    elif kind == "session_log":
        described["start"] = event.session_log.status == tf.compat.v1.SessionLog.START
    else:
        described["values"] = {value.tag: value_of(value) for value in event.summary.value}
    return described


if __name__ == "__main__":
    print(json.dumps([describe(event) for event in tf.compat.v1.train.summary_iterator(sys.argv[1])]))
