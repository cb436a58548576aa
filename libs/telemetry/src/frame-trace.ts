import { TraceFlags, type SpanContext } from '@opentelemetry/api';
import type { Facts } from './attributes.js';
import { emitSpan } from './emit-span.js';
import { secondsIn, type Borders } from './frame-clock.js';
import { randomId } from './known-ids.js';
import { SPANS, STAGES, type Stage } from './names.js';
import { isSampled } from './trace-context.js';

/** Chooses the frames that are traced: the first, and more evenly spread; the same ones whoever decodes a film again. */
export class FrameSampler {
  /** @param ratio of all frames, 0..1 */
  constructor(private readonly ratio: number) {}

  takes(index: number): boolean {
    return Math.ceil((index + 1) * this.ratio) > Math.ceil(index * this.ratio);
  }
}

/**
 * A traced frame's own span, which the encoder makes when all is over.
 * @param job the span of the job; a frame of a job that is not traced is not traced either
 */
export function newFrameContext(job: SpanContext | undefined): SpanContext | undefined {
  if (!isSampled(job)) return undefined;
  return { traceId: job.traceId, spanId: randomId(8), traceFlags: TraceFlags.SAMPLED };
}

/** Makes the spans of some stages of a frame. @param frame the span of the frame; nothing is made without one */
export function emitStages(
  frame: SpanContext | undefined,
  borders: Borders,
  stages: readonly Stage[],
  facts: Facts,
  links: readonly SpanContext[] = [],
): void {
  if (frame === undefined) return;
  for (const stage of stages) {
    if (secondsIn(borders, stage) === 0) continue;
    const at = STAGES.indexOf(stage);
    const [startUs, endUs] = [borders[at]!, borders[at + 1]!];
    emitSpan(SPANS.stage(stage), { startUs, endUs, parent: frame, facts, links: stage === 'infer' ? links : [] });
  }
}

/** Makes the span of a whole frame. */
export function emitFrame(frame: SpanContext, job: SpanContext | undefined, borders: Borders, facts: Facts): void {
  emitSpan(SPANS.frame, { startUs: borders[0]!, endUs: borders.at(-1)!, parent: job, self: frame, facts });
}
