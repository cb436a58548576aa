"""Has a kinemacolor service colour a film, from Python. An example to start from, and the proof that proto/ is all one needs.

    colorize_clip.py stream FILM OUT    one call, bytes out and bytes back
    colorize_clip.py job FILM OUT       a job: upload, watch, download; goes on after a lost connection

With --server HOST:PORT, --token (or KINEMACOLOR_TOKEN), --ca PEM for TLS, --codec. OUT is .mkv, .mp4 or .ts. Prints the job as JSON. Exit code 1
and one line when it fails. How to make the modules that it imports: README.md.
"""

import argparse
import json
import os
import pathlib
import sys
import time
import uuid

import grpc
from google.protobuf.json_format import MessageToDict
from kinemacolor.v1 import colorization_pb2 as api
from kinemacolor.v1 import colorization_pb2_grpc, job_pb2, settings_pb2

PIECE = 512 * 1024
ATTEMPTS = 10
ENDED = {job_pb2.JOB_STATE_SUCCEEDED, job_pb2.JOB_STATE_FAILED, job_pb2.JOB_STATE_CANCELLED, job_pb2.JOB_STATE_EXPIRED}
CONTAINERS = {
    ".mkv": settings_pb2.CONTAINER_MATROSKA,
    ".mp4": settings_pb2.CONTAINER_FRAGMENTED_MP4,
    ".ts": settings_pb2.CONTAINER_MPEG_TS,
}


class Failed(Exception):
    """What a person is told."""


def pieces(film, offset=0):
    """The film's bytes from an offset on, in messages of a size that the service takes."""
    with open(film, "rb") as file:
        file.seek(offset)
        while piece := file.read(PIECE):
            yield piece


def told(message):
    print(message, file=sys.stderr, flush=True)


def told_progress(progress):
    total = progress.frames_total if progress.HasField("frames_total") else "?"
    told(f"{progress.frames_encoded}/{total} frames, {progress.frames_per_second:.1f} fps")


def stream(service, film, out, settings):
    """Colours a film through Colorize. gRPC sends and receives at once, and neither side runs ahead of the other."""

    def requests():
        yield api.ColorizeRequest(options=api.ColorizeOptions(settings=settings, label=film.name))
        for piece in pieces(film):
            yield api.ColorizeRequest(source=piece)

    job = None
    with beside(out) as file:
        for response in service.Colorize(requests()):
            part = response.WhichOneof("part")
            if part == "started":
                told(f"job {response.started.id}")
            elif part == "progress":
                told_progress(response.progress)
            elif part == "preview":
                told(f"preview of frame {response.preview.frame}: {len(response.preview.picture)} bytes of JPEG")
            elif part == "result":
                file.write(response.result)
            elif part == "finished":
                job = response.finished
        check_whole(job, file.tell())
    # Of a film that was cut off all that could be read has come, and is kept.
    if job.state != job_pb2.JOB_STATE_SUCCEEDED:
        raise Failed(f"DATA_LOSS: {job.error.message}")
    return job


def job(service, film, out, settings):
    """Colours a film as a job. The key makes CreateJob safe to repeat."""
    request = api.CreateJobRequest(settings=settings, label=film.name, idempotency_key=str(uuid.uuid4()))
    made = persist(lambda: service.CreateJob(request)).job
    told(f"job {made.id}")
    persist(lambda: upload(service, made.id, film))
    ended = persist(lambda: watch(service, made.id))
    if ended.state != job_pb2.JOB_STATE_SUCCEEDED:
        raise Failed(ended.error.message or f"The job has {job_pb2.JobState.Name(ended.state)}.")
    with beside(out) as file:
        persist(lambda: download(service, made.id, file))
        now = persist(lambda: service.GetJob(api.GetJobRequest(job_id=made.id))).job
        check_whole(now, file.tell())
    return now


def upload(service, job_id, film):
    """Sends what the service has not kept yet."""
    now = service.GetJob(api.GetJobRequest(job_id=job_id)).job
    if now.state != job_pb2.JOB_STATE_UPLOADING:
        return now

    def requests():
        size = now.source_bytes
        yield api.UploadSourceRequest(target=api.UploadTarget(job_id=job_id, offset=size))
        for piece in pieces(film, size):
            size += len(piece)
            yield api.UploadSourceRequest(source=piece)
        # Without it the service would take this for an upload that broke off.
        yield api.UploadSourceRequest(end=api.UploadEnd(size=size))

    return service.UploadSource(requests()).job


def watch(service, job_id):
    """The job when it has ended."""
    for response in service.WatchJob(api.WatchJobRequest(job_id=job_id)):
        if response.WhichOneof("part") == "job":
            told_progress(response.job.progress)
            if response.job.state in ENDED:
                return response.job
    raise Away()


def download(service, job_id, file):
    """Appends what the file does not have yet."""
    request = api.DownloadResultRequest(job_id=job_id, offset=file.tell())
    for response in service.DownloadResult(request):
        file.write(response.result)


class Away(Exception):
    """The service ended a stream early: it is being stopped."""


def persist(call):
    """Makes a call that is safe to repeat again while the service is away."""
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except Away:
            pass
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
        time.sleep(min(5, 0.25 * 2**attempt))
    return call()


class beside:
    """A file that gets its name only when it is whole, or, to try out whether it could be written, never."""

    def __init__(self, path, keep=True):
        self.path = path
        self.keep = keep
        self.partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")

    def __enter__(self):
        self.file = open(self.partial, "wb")
        return self.file

    def __exit__(self, kind, error, trace):
        self.file.close()
        if error is None and self.keep:
            self.partial.replace(self.path)
        else:
            self.partial.unlink()


def check_whole(finished, size):
    if finished is None:
        raise Failed("The stream ended before the film did.")
    if finished.result_bytes != size:
        raise Failed(f"The film has {finished.result_bytes} bytes, of which {size} came.")


def connect(server, ca, token):
    """A stub whose calls all carry the token."""
    if ca is None:
        channel = grpc.insecure_channel(server)
    else:
        channel = grpc.secure_channel(server, grpc.ssl_channel_credentials(pathlib.Path(ca).read_bytes()))
    if token:
        channel = grpc.intercept_channel(channel, Bearer(token))
    return colorization_pb2_grpc.ColorizationServiceStub(channel)


class Bearer(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """Adds the token. gRPC's own way to do so would insist on TLS, which a service on this machine does without."""

    def __init__(self, token):
        self.header = ("authorization", f"Bearer {token}")

    def intercept(self, proceed, details, request):
        return proceed(details._replace(metadata=[*(details.metadata or []), self.header]), request)

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = intercept


def check_files(film, out):
    """Fails at once for what would else be found out in the midst of a call, or when the film has been coloured."""
    with open(film, "rb"):
        pass
    if out.is_dir():
        raise Failed(f"{out} is a folder. Give a file name.")
    with beside(out, keep=False):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=["stream", "job"])
    parser.add_argument("film", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--token", default=os.environ.get("KINEMACOLOR_TOKEN"))
    parser.add_argument("--ca")
    parser.add_argument("--codec", default="")
    wanted = parser.parse_args()
    container = CONTAINERS.get(wanted.out.suffix)
    if container is None:
        parser.error(f"{wanted.out}: a service writes {', '.join(CONTAINERS)}")
    settings = settings_pb2.ColorizeSettings(codec=wanted.codec, container=container)
    service = connect(wanted.server, wanted.ca, wanted.token)
    try:
        check_files(wanted.film, wanted.out)
        done = (stream if wanted.way == "stream" else job)(service, wanted.film, wanted.out, settings)
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    except (Failed, OSError) as error:
        sys.exit(str(error))
    except Away:
        sys.exit("The service is away.")
    print(json.dumps(MessageToDict(done, preserving_proto_field_name=True)))


if __name__ == "__main__":
    main()
