import { ChromaFrame } from '@kinemacolor/contracts';
import type { FollowedJob } from '@kinemacolor/jobs';
import type { ColouredFrame } from '@kinemacolor/pipeline';
import { endQueue, InFlight, takeLeases, type Bus } from '@kinemacolor/streaming';
import { readTraceparent, TRACEPARENT, type SpanContext } from '@kinemacolor/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { FrameOrder } from './frame-order.js';

export interface ChromaOptions {
  readonly bus: Bus;
  readonly job: FollowedJob;
  readonly order: FrameOrder;
  /** Told of each frame that is new when it comes, in any order, with its span where it is traced. */
  readonly onArrival: (frame: ChromaFrame, trace: SpanContext | undefined) => void;
  /** Told of each frame when it is its turn, before it is passed on. */
  readonly onFrame: (frame: ChromaFrame) => void;
  /** Told when whoever takes the frames wants the next one. */
  readonly onRoom: () => void;
  readonly signal: AbortSignal;
}

/** The job's own queue. */
const queueOf = (job: string): string => `encoder-${job}`;

/** No encoder will take this job's chroma any more. */
export const endChroma = (connection: NatsConnection, job: string): Promise<void> =>
  endQueue(connection, 'chroma', queueOf(job));

/** Chroma that is asked for at a time. */
const AHEAD = 16;
const GREY = 128;

/** The coloured frames of a job, each once and in order, until the film has ended. @throws the signal's reason */
export async function* chromaInOrder(options: ChromaOptions): AsyncGenerator<ColouredFrame, void> {
  const { bus, job, order, onArrival, onFrame, onRoom, signal } = options;
  const { id } = job.now.job;
  const all = new AbortController();
  const stopAtEnd = (): void => {
    if (job.now.framesTotal === order.next) all.abort();
  };
  // The end may become known only after the last frame has passed.
  job.onChange(stopAtEnd);
  stopAtEnd();
  const coloured = colouring();
  const receipts = new InFlight(AHEAD);
  const { connection, ensure } = bus;
  const leases = takeLeases(connection, {
    kind: 'chroma',
    queue: queueOf(id),
    job: id,
    ahead: AHEAD,
    ensure,
    signal: AbortSignal.any([signal, all.signal]),
  });
  for await (const lease of leases) {
    const arrived = ChromaFrame.decode(lease.data);
    if (order.add(arrived)) onArrival(arrived, readTraceparent(lease.headers.get(TRACEPARENT)));
    // If this process dies now, the frame is made again with all others since the last segment.
    await receipts.add(() => lease.done());
    for (let frame = order.take(); frame !== undefined; frame = order.take()) {
      onFrame(frame);
      yield coloured(frame);
      onRoom();
    }
    stopAtEnd();
  }
  await receipts.settle();
  signal.throwIfAborted();
}

/** Frames as the stages take them; one that holds its colours is taken for the picture before it. */
function colouring(): (frame: ChromaFrame) => ColouredFrame {
  let last: Omit<ColouredFrame, 'index' | 'pts'> | undefined;
  return ({ frame, u, v, luma, width, height, held }) => {
    const plane = (bytes: Uint8Array): Uint8Array =>
      bytes.byteLength > 0 ? bytes : new Uint8Array(width * height).fill(GREY);
    if (!held || last === undefined) last = { luma: plane(luma), u: plane(u), v: plane(v) };
    return { index: frame!.index, pts: BigInt(frame!.pts), ...last };
  };
}
