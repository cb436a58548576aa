"""How a peer talks with the bench: one JSON request a line on standard input, one reply a line on standard output."""

import json
import sys


def reply(message):
    print(json.dumps(message), flush=True)


def answer_requests(handlers):
    """Answers {"do": name, ...} with what `handlers[name]` returns for the rest, until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        reply(handlers[request.pop("do")](**request))
