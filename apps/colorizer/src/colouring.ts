import { COLORIZERS } from '@kinemacolor/jobs';
import { errorFields, type Log } from '@kinemacolor/lifecycle';
import type { ChromaBytes } from '@kinemacolor/models';
import { jobOf, takeLeases, type Bus, type Lease } from '@kinemacolor/streaming';
import { count, METRICS, nowUs, withinTrace } from '@kinemacolor/telemetry';
import { aboutFrame } from './about-frame.js';
import { Batcher } from './batcher.js';
import { INTERNAL, NOT_FOUND, type ChromaOutlet } from './chroma-outlet.js';
import type { ColourCounts } from './colour-counts.js';
import type { JobBook } from './job-book.js';
import { groupOf, isLate, isPassedThrough, readLuma, traceOf, type LumaWork } from './luma-work.js';
import type { ModelCatalogue } from './model-catalogue.js';
import { PainterMissing, type PainterShelf } from './painter-shelf.js';
import { tellBatch } from './tell-batch.js';
import { SoloGate } from './solo-gate.js';
import { SuspectLane } from './suspect-lane.js';
import type { Suspects } from './suspects.js';

export interface ColouringOptions {
  readonly bus: Bus;
  readonly book: JobBook;
  readonly catalogue: ModelCatalogue;
  readonly shelf: PainterShelf;
  readonly suspects: Suspects;
  readonly outlet: ChromaOutlet;
  readonly counts: ColourCounts;
  readonly log: Log;
  /** For jobs that ask for none. */
  readonly model: string;
  /** Frames that are held at most. */
  readonly ahead: number;
  readonly leaseMs: number;
  readonly maxBatch: number;
  readonly preferred: readonly number[];
  readonly maxDelayMs: number;
  /** Tries of a suspect frame, alone, before it is given up. */
  readonly maxTries: number;
  /** Batches at the painter at once. */
  readonly inFlight: number;
}

/** When a frame whose model is not there yet is looked at again. */
const LATER_MS = 1_000;

/**
 * Luma in, chroma out. Whatever becomes of a frame, its lease ends, and the number of leases bounds all that is held here: what
 * waits for a batch, what is painted, and what waits for room in the window of its job.
 */
export class Colouring {
  readonly #options: ColouringOptions;
  readonly #batcher: Batcher<LumaWork>;
  readonly #gate = new SoloGate();
  readonly #lane: SuspectLane;
  readonly #stop = new AbortController();
  /** What goes on beside the painting. */
  readonly #coming = new Set<Promise<void>>();
  readonly #leaving = new Set<Promise<void>>();
  /** Fails when no more frames can be had. */
  readonly ended: Promise<void>;

  constructor(options: ColouringOptions) {
    this.#options = options;
    const { maxBatch, preferred, maxDelayMs, ahead, inFlight } = options;
    this.#batcher = new Batcher({ maxBatch, preferred, maxDelayMs, most: ahead });
    this.#lane = new SuspectLane({
      ...options,
      paint: (work) => this.#gate.alone(() => this.#paint([work])),
      missing: (work, error) => this.#missing([work], error),
    });
    const painting = Promise.all(Array.from({ length: inFlight }, () => this.#paintBatches()));
    this.ended = Promise.all([this.#take(), painting, this.#lane.ended]).then(() => all(this.#leaving));
  }

  /** Takes no more, hands back what was not begun, and finishes the rest. Idempotent. */
  async drain(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }

  async #take(): Promise<void> {
    const { ahead, leaseMs, bus } = this.#options;
    const { signal } = this.#stop;
    try {
      const ensure = (): Promise<void> => bus.ensure();
      const options = { kind: 'luma', queue: COLORIZERS, ahead, leaseMs, ensure, signal } as const;
      for await (const lease of takeLeases(bus.connection, options)) keep(this.#coming, this.#receive(lease));
    } finally {
      // Those that are just being looked at would find the batcher closed.
      await all(this.#coming);
      for (const work of [...this.#batcher.close(), ...this.#lane.close()]) this.#options.outlet.handBack(work);
    }
  }

  async #receive(lease: Lease): Promise<void> {
    const { log, book } = this.#options;
    let read: ReturnType<typeof readLuma>;
    try {
      read = readLuma(lease.data);
    } catch (error) {
      // The encoder finds that the frame is lost, and has it made again.
      const job = jobOf(lease.subject);
      withinTrace(traceOf(lease) ?? book.traceOf(job), () => {
        log.error({ job, ...errorFields(error) }, 'a message is no frame');
      });
      lease.giveUp();
      return;
    }
    const work: Omit<LumaWork, 'version' | 'group'> = {
      ...read,
      lease,
      job: read.id.jobId,
      model: read.frame.model === '' ? this.#options.model : read.frame.model,
      takenUs: nowUs(),
      trace: traceOf(lease),
    };
    count(METRICS.framesIn, 1);
    if (lease.tries > 1) count(METRICS.framesRedelivered, 1);
    try {
      await this.#sort(work);
    } catch (error) {
      aboutFrame(book, work, (frame) => {
        log.warn({ ...frame, ...errorFields(error) }, 'a frame is handed back');
      });
      this.#options.outlet.handBack(named(work, ''), LATER_MS);
    }
  }

  async #sort(work: Omit<LumaWork, 'version' | 'group'>): Promise<void> {
    const { book, catalogue, outlet } = this.#options;
    if ((await book.running(work.job)) === undefined) return work.lease.done();
    if (isLate(work.frame)) return outlet.late(named(work, ''));
    if (isPassedThrough(work.frame)) return outlet.grey(named(work, work.frame.modelVersion));
    const record = await catalogue.get(work.model);
    if (record === undefined) return outlet.failed(named(work, ''), NOT_FOUND, `There is no model ${work.model}.`);
    const version = work.frame.modelVersion === '' ? record.serving : work.frame.modelVersion;
    // None of its versions has been found to work yet.
    if (version === '') {
      outlet.handBack(named(work, ''), LATER_MS);
      return;
    }
    if ((await catalogue.version(work.model, version)) === undefined) {
      return outlet.failed(named(work, ''), NOT_FOUND, `Model ${work.model} has no version ${version} any more.`);
    }
    const whole = named(work, version);
    // Whoever had it before died, or could not paint it: this frame may be the reason, or another that was beside it.
    if (work.lease.tries > 1) this.#lane.add(whole);
    else this.#batcher.add(whole);
  }

  async #paintBatches(): Promise<void> {
    for (let batch = await this.#batcher.next(); batch !== undefined; batch = await this.#batcher.next()) {
      const works = await this.#inTime(batch);
      if (works.length === 0) continue;
      try {
        await this.#gate.shared(() => this.#paint(works));
      } catch (error) {
        if (error instanceof PainterMissing) {
          await this.#missing(works, error);
          continue;
        }
        const { log, outlet } = this.#options;
        // Each of them alone will show which one it was.
        log.warn(
          { frames: works.length, model: works[0]!.model, ...errorFields(error) },
          'a batch could not be painted',
        );
        for (const work of works) outlet.handBack(work);
      }
    }
  }

  /** Of a live stream some may have waited too long: painting them would only make others late. */
  async #inTime(works: readonly LumaWork[]): Promise<readonly LumaWork[]> {
    const late = works.filter(({ frame }) => isLate(frame));
    await Promise.all(late.map((work) => this.#options.outlet.late(work)));
    return works.filter((work) => !late.includes(work));
  }

  /** Paints frames of one group, and lets their colours leave by themselves. @throws PainterMissing, what painting throws */
  async #paint(works: readonly LumaWork[]): Promise<void> {
    const { shelf, counts, outlet } = this.#options;
    const { model, version, frame } = works[0]!;
    const { width, height } = frame;
    const pixels = width * height;
    const { chroma, batchedUs } = await shelf.use(model, version, async (painter) => {
      const luma = new Uint8Array(works.length * pixels);
      for (const [i, work] of works.entries()) luma.set(work.frame.luma, i * pixels);
      const began = nowUs();
      return { chroma: await painter.paint(luma, { batch: works.length, width, height }), batchedUs: began };
    });
    const times = { batchedUs, colouredUs: nowUs() };
    counts.batches += 1;
    tellBatch(works, times);
    for (const [i, work] of works.entries()) {
      keep(this.#leaving, outlet.painted(work, part(chroma, i * pixels, pixels), times));
    }
  }

  /** The version cannot be loaded here. Perhaps elsewhere, or later; but not for ever. */
  async #missing(works: readonly LumaWork[], error: PainterMissing): Promise<void> {
    const { log, outlet, maxTries } = this.#options;
    const { model, version } = works[0]!;
    log.warn({ model, version, ...errorFields(error) }, 'a model version cannot be loaded');
    for (const work of works) {
      if (work.lease.tries > maxTries) await outlet.failed(work, INTERNAL, error.message);
      else outlet.handBack(work, LATER_MS);
    }
  }
}

const named = (work: Omit<LumaWork, 'version' | 'group'>, version: string): LumaWork => ({
  ...work,
  version,
  group: groupOf(work.model, version, work.frame),
});

/** Nothing in the set fails: what becomes of a frame is told by its lease. */
function keep(set: Set<Promise<void>>, going: Promise<void>): void {
  set.add(going);
  void going.finally(() => set.delete(going));
}

async function all(set: Set<Promise<void>>): Promise<void> {
  await Promise.all(set);
}

const part = ({ u, v }: ChromaBytes, from: number, length: number): ChromaBytes => ({
  u: u.subarray(from, from + length),
  v: v.subarray(from, from + length),
});
