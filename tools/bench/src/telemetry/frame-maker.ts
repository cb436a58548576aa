import {
  bordersOf,
  count,
  emitFrame,
  emitSpan,
  emitStages,
  FrameSampler,
  isSampled,
  measure,
  METRICS,
  newFrameContext,
  nowUs,
  readTraceparent,
  secondsIn,
  SPANS,
  STAGES,
  traceparentOf,
  wholeSeconds,
  type Borders,
  type SpanContext,
} from '@kinemacolor/telemetry';

interface Made {
  readonly index: number;
  readonly borders: Borders;
  readonly trace: SpanContext | undefined;
}

/** Frames of one call of the generator. */
const BATCH = 4;
/** Each stage of a frame, milliseconds. */
const STAGE_MS = 20;

/**
 * Does what a decoder, a colorizer and an encoder do for the telemetry of one frame after the other, and nothing else: spans with
 * their facts and links, the context in and out of a header, counters and histograms.
 */
export class FrameMaker {
  readonly #sampler: FrameSampler;
  readonly #job: SpanContext | undefined;
  /** Frames that wait for their batch to be whole. */
  #waiting: Made[] = [];
  #next = 0;

  /** @param share of the frames that are traced @param job undefined: nothing is */
  constructor(share: number, job: SpanContext | undefined) {
    this.#sampler = new FrameSampler(share);
    this.#job = job;
  }

  /** One more frame; the colorizer's part comes with the last one of a batch. */
  frame(): void {
    const index = this.#next++;
    const borders = bordersFrom(nowUs());
    this.#waiting.push({ index, borders, trace: readTraceparent(this.#decode(index, borders)) });
    if (this.#waiting.length < BATCH) return;
    const batch = this.#waiting.splice(0);
    this.#colour(batch);
    for (const made of batch) this.#encode(made);
  }

  #decode(index: number, borders: Borders): string | undefined {
    count(METRICS.framesIn, 1);
    const frame = this.#sampler.takes(index) ? newFrameContext(this.#job) : undefined;
    emitStages(frame, borders, ['decode', 'window'], factsOf(index));
    count(METRICS.framesOut, 1);
    return frame === undefined ? undefined : traceparentOf(frame);
  }

  #colour(batch: readonly Made[]): void {
    measure(METRICS.batchSize, batch.length, { model: MODEL.model });
    const links = batch.flatMap(({ trace }) => (isSampled(trace) ? [trace] : []));
    const [startUs, endUs] = batch[0]!.borders.slice(STAGES.indexOf('infer')) as [number, number];
    const facts = { ...MODEL, batchSize: batch.length };
    const span = links.length === 0 ? [] : [emitSpan(SPANS.batch, { startUs, endUs, facts, links })];
    for (const { index, borders, trace } of batch) {
      count(METRICS.framesIn, 1);
      emitStages(trace, borders, ['queue', 'batch', 'infer'], { ...factsOf(index), ...facts }, span);
      count(METRICS.framesOut, 1);
    }
  }

  #encode({ index, borders, trace }: Made): void {
    count(METRICS.framesIn, 1);
    for (const stage of STAGES) measure(METRICS.frameStage, secondsIn(borders, stage), { stage });
    measure(METRICS.frameWhole, wholeSeconds(borders));
    if (isSampled(trace)) {
      const facts = { ...factsOf(index), ...MODEL };
      emitStages(trace, borders, ['deliver', 'reorder', 'merge', 'encode', 'keep'], facts);
      emitFrame(trace, this.#job, borders, facts);
    }
    count(METRICS.framesOut, 1);
  }
}

const MODEL = { model: 'fast', modelVersion: '1' } as const;
const factsOf = (frame: number) => ({ job: 'x'.repeat(32), frame, epoch: 1, shot: 3 });

const bordersFrom = (beganUs: number): number[] =>
  bordersOf(beganUs, Object.fromEntries(STAGES.map((stage, i) => [stage, beganUs + (i + 1) * STAGE_MS * 1000])));
