import {
  bordersOf,
  emitSpan,
  emitStages,
  isSampled,
  measure,
  METRICS,
  SPANS,
  type Facts,
} from '@kinemacolor/telemetry';
import type { PaintTimes } from './chroma-outlet.js';
import type { LumaWork } from './luma-work.js';

/**
 * Tells of a painted batch: how large it was, and where the traced ones of its frames have been until now. The batch belongs to
 * no frame, so its span links those that it carried, and they link it.
 */
export function tellBatch(works: readonly LumaWork[], { batchedUs, colouredUs }: PaintTimes): void {
  const { model, version } = works[0]!;
  const batch: Facts = { model, modelVersion: version, batchSize: works.length };
  measure(METRICS.batchSize, works.length, { model });
  const traced = works.filter(({ trace }) => isSampled(trace));
  if (traced.length === 0) return;
  const links = traced.map(({ trace }) => trace!);
  const span = emitSpan(SPANS.batch, { startUs: batchedUs, endUs: colouredUs, facts: batch, links });
  for (const { trace, id, frame, takenUs } of traced) {
    const { askedUs, decodedUs, sentUs, shot } = frame;
    const ends = { decode: decodedUs, window: sentUs, queue: takenUs, batch: batchedUs, infer: colouredUs };
    const facts: Facts = { ...batch, job: id.jobId, frame: id.index, epoch: id.epoch, shot };
    emitStages(
      trace,
      bordersOf(askedUs || decodedUs, ends),
      ['queue', 'batch', 'infer'],
      facts,
      isSampled(span) ? [span] : [],
    );
  }
}
