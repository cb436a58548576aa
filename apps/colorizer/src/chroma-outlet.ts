import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { ChromaFrame, DeadFrame, JobState, PoisonPolicy } from '@kinemacolor/contracts';
import { endJob, type JobStore } from '@kinemacolor/jobs';
import { errorFields, type Log } from '@kinemacolor/lifecycle';
import type { ChromaBytes } from '@kinemacolor/models';
import { publishInWindow, StreamingError, subjectOf, type Bus } from '@kinemacolor/streaming';
import { count, METRICS } from '@kinemacolor/telemetry';
import { aboutFrame } from './about-frame.js';
import type { ColourCounts } from './colour-counts.js';
import type { JobBook } from './job-book.js';
import type { LumaWork } from './luma-work.js';

export interface ChromaOutletOptions {
  readonly bus: Bus;
  readonly store: JobStore;
  readonly book: JobBook;
  readonly counts: ColourCounts;
  readonly log: Log;
}

/** gRPC status codes that a job may end with here. */
export const [INVALID_ARGUMENT, NOT_FOUND, INTERNAL] = [3, 5, 13];

/**
 * How long the chroma of one frame waits for room in its job's window. Longer than that, and the frame is handed back: it may
 * not keep the place of another job's.
 */
const PATIENCE_MS = 2_000;
const LATER_MS = 1_000;
/** Of the message that the frame came in: what goes on with the colours. */
const PASSED_ON = ['traceparent', 'tracestate'] as const;

/** When a frame was put into a batch, and painted, microseconds since 1970. */
export interface PaintTimes {
  readonly batchedUs: number;
  readonly colouredUs: number;
}

const GREY: ChromaBytes = { u: new Uint8Array(), v: new Uint8Array() };

/** Where frames leave the colorizer. Everything here ends the lease of the frame, and none of it throws. */
export class ChromaOutlet {
  readonly #options: ChromaOutletOptions;
  readonly #stream: JetStreamClient;

  constructor(options: ChromaOutletOptions) {
    this.#options = options;
    this.#stream = jetstream(options.bus.connection);
  }

  /** Publishes what was painted. */
  painted(work: LumaWork, chroma: ChromaBytes, times: PaintTimes): Promise<void> {
    return this.#ending(work, async () => {
      if (!(await this.#publish(work, chroma, times))) return;
      this.#options.counts.painted += 1;
      count(METRICS.framesOut, 1);
    });
  }

  /** The frame stays as it is. */
  grey(work: LumaWork): Promise<void> {
    return this.#ending(work, async () => {
      if (await this.#publish(work, GREY, { batchedUs: 0, colouredUs: 0 })) {
        this.#options.counts.grey += 1;
        count(METRICS.framesGrey, 1);
      }
    });
  }

  /** Nobody is to try it again: it stays grey, or its job ends, as the job wants it. */
  dead(work: LumaWork, tries: number, reason: string): Promise<void> {
    return this.#ending(work, async () => {
      const { book, counts, log } = this.#options;
      const job = await book.running(work.job);
      if (job === undefined) return work.lease.done();
      counts.poison += 1;
      count(METRICS.framesPoison, 1);
      aboutFrame(book, work, (frame) => {
        log.error({ ...frame, tries, reason }, 'a frame is given up');
      });
      const data = DeadFrame.encode(DeadFrame.create({ frame: work.id, tries, reason })).finish();
      const signal = AbortSignal.timeout(PATIENCE_MS);
      await publishInWindow(this.#stream, { subject: subjectOf('dead', work.job), id: idOf(work), data }, signal);
      if (job.job.settings?.poison === PoisonPolicy.GREY) return this.grey(work);
      const message = `Frame ${work.id.index} could not be coloured in ${tries} tries (${reason}). Ask for grey frames in such a place, or leave it out.`;
      await this.#fail(work, INTERNAL, message);
    });
  }

  /** Ends the job. @param code gRPC's */
  failed(work: LumaWork, code: number, message: string): Promise<void> {
    return this.#ending(work, () => this.#fail(work, code, message));
  }

  /** Its colours are of no use any more. */
  late({ lease }: LumaWork): Promise<void> {
    this.#options.counts.late += 1;
    return lease.done();
  }

  /** Somebody else shall have it. */
  handBack({ lease }: LumaWork, delayMs?: number): void {
    this.#options.counts.handedBack += 1;
    lease.giveBack(delayMs);
  }

  async #ending(work: LumaWork, leave: () => Promise<void>): Promise<void> {
    try {
      await leave();
    } catch (error) {
      const { book, log } = this.#options;
      aboutFrame(book, work, (frame) => {
        log.warn({ ...frame, ...errorFields(error) }, 'a frame is handed back');
      });
      this.handBack(work, LATER_MS);
    }
  }

  /** @returns whether it was wanted */
  async #publish(work: LumaWork, chroma: ChromaBytes, times: PaintTimes): Promise<boolean> {
    const { book, counts } = this.#options;
    if ((await book.running(work.job)) === undefined) {
      await work.lease.done();
      return false;
    }
    const message = {
      subject: subjectOf('chroma', work.job),
      id: idOf(work),
      data: chromaOf(work, chroma, times),
      headers: Object.fromEntries(PASSED_ON.map((name) => [name, work.lease.headers.get(name) ?? '']).filter(([, value]) => value !== '')) as Record<string, string>, // prettier-ignore
    };
    try {
      const { duplicate } = await publishInWindow(this.#stream, message, AbortSignal.timeout(PATIENCE_MS));
      if (duplicate) {
        counts.duplicates += 1;
        count(METRICS.framesDuplicate, 1);
      }
    } catch (error) {
      if (!(error instanceof StreamingError && error.code === 'TOO_LARGE')) throw error;
      const { width, height } = work.frame;
      await this.#fail(work, INVALID_ARGUMENT, `${width} × ${height} is too large a picture for the colorizers. Ask for a smaller render size.`); // prettier-ignore
      return false;
    }
    book.published(work.job);
    await work.lease.done();
    return true;
  }

  async #fail(work: LumaWork, code: number, message: string): Promise<void> {
    const { store, book, log } = this.#options;
    aboutFrame(book, work, (frame) => {
      log.warn({ ...frame, code, reason: message }, 'a job is ended');
    });
    await endJob(store, work.job, { state: JobState.FAILED, error: { code, message, frame: work.id.index } });
    await work.lease.done();
  }
}

/** The same for the same frame, whoever colours it: the stream keeps the first. */
const idOf = ({ id }: LumaWork): string => `${id.jobId}:${id.epoch}:${id.index}`;

function chromaOf(work: LumaWork, { u, v }: ChromaBytes, { batchedUs, colouredUs }: PaintTimes): Uint8Array {
  const { id, frame, model, version, takenUs } = work;
  const { width, height, shot, luma, askedUs, decodedUs, sentUs } = frame;
  const times = { askedUs, decodedUs, sentUs, takenUs, batchedUs, colouredUs };
  return ChromaFrame.encode({ frame: id, width, height, u, v, shot, model, modelVersion: version, times, luma, held: false }).finish(); // prettier-ignore
}
