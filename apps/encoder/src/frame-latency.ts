import { Latency, StageLatency, type ChromaFrame } from '@kinemacolor/contracts';
import {
  bordersOf,
  emitFrame,
  emitStages,
  FrameClock,
  isSampled,
  LatencyRecorder,
  measure,
  METRICS,
  nowUs,
  secondsIn,
  STAGES,
  wholeSeconds,
  type Borders,
  type Duration,
  type Facts,
  type SpanContext,
  type Stage,
} from '@kinemacolor/telemetry';

interface Frame {
  readonly facts: Facts;
  readonly trace: SpanContext | undefined;
}

/** The stages that the encoder sees; the others see to theirs. */
const OWN: readonly Stage[] = ['deliver', 'reorder', 'merge', 'encode', 'keep'];

/**
 * Where the time of a job's frames goes. The encoder is where every frame ends, and frames bring the times of what was before;
 * so it counts them all, and makes the spans of those that are traced.
 */
export class FrameLatency {
  readonly #recorder = new LatencyRecorder();
  readonly #clock = new FrameClock<Frame>((_, borders, frame) => {
    this.#over(borders, frame);
  });

  /** @param job the job's span, where it is traced */
  constructor(private readonly job: SpanContext | undefined) {}

  /** A frame has come with its colours, perhaps before its turn. One that holds those of another brings no times. */
  arrived({ frame, times, shot, model, modelVersion, held }: ChromaFrame, trace: SpanContext | undefined): void {
    if (frame === undefined || times === undefined || held) return;
    const { askedUs, decodedUs, sentUs, takenUs, batchedUs, colouredUs } = times;
    const ends = { decode: decodedUs, window: sentUs, queue: takenUs, batch: batchedUs, infer: colouredUs };
    const borders = bordersOf(askedUs || decodedUs, { ...ends, deliver: nowUs() }).slice(
      0,
      STAGES.indexOf('reorder') + 1,
    );
    const facts = { job: frame.jobId, frame: frame.index, epoch: frame.epoch, shot, model, modelVersion };
    this.#clock.begin(frame.index, borders, { facts, trace });
  }

  /** It is the frame's turn. */
  turn(index: number): void {
    this.#clock.turn(index);
  }

  /** The encoder has taken the frame. */
  merged(index: number): void {
    this.#clock.end(index, 'merge');
  }

  /** The frames before this one are encoded. */
  encoded(next: number): void {
    this.#clock.endBefore(next, 'encode');
  }

  /** The frames before this one are in segments that are kept. */
  kept(next: number): void {
    this.#clock.endBefore(next, 'encode');
    this.#clock.endBefore(next, 'keep');
    this.#clock.finishBefore(next);
  }

  /** For the job's record; undefined before the first segment. */
  get summary(): Latency | undefined {
    const { frames, stages, whole } = this.#recorder.summary();
    if (frames === 0) return undefined;
    return Latency.create({
      frames,
      stages: stages.map(inMicroseconds),
      whole: inMicroseconds({ stage: '', ...whole }),
    });
  }

  #over(borders: Borders, { facts, trace }: Frame): void {
    this.#recorder.add(borders);
    for (const stage of STAGES) measure(METRICS.frameStage, secondsIn(borders, stage), { stage });
    measure(METRICS.frameWhole, wholeSeconds(borders));
    if (!isSampled(trace)) return;
    emitStages(trace, borders, OWN, facts);
    emitFrame(trace, this.job, borders, facts);
  }
}

const inMicroseconds = ({ stage, mean, p50, p95, p99 }: Duration & { readonly stage: string }): StageLatency => ({
  stage,
  meanUs: mean * 1e6,
  p50Us: p50 * 1e6,
  p95Us: p95 * 1e6,
  p99Us: p99 * 1e6,
});
