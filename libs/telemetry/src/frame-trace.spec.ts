import { describe, expect, it } from 'vitest';
import { FrameSampler, newFrameContext } from './frame-trace.js';
import { readTraceparent, traceparentOf } from './trace-context.js';

describe('FrameSampler', () => {
  it.each([
    [0, 0],
    [0.01, 100],
    [0.25, 2500],
    [1, 10_000],
  ])('takes %d of the frames, evenly spread', (ratio, expected) => {
    // prettier-ignore
    const taken = Array.from({ length: 10_000 }, (_, index) => index).filter((index) => new FrameSampler(ratio).takes(index)); // prettier-ignore
    expect(taken).toHaveLength(expected);
    expect(taken[0]).toBe(ratio === 0 ? undefined : 0);
    const gaps = taken.slice(1).map((index, i) => index - taken[i]!);
    expect(new Set(gaps).size).toBeLessThanOrEqual(2);
  });
});

describe('newFrameContext', () => {
  const job = readTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')!;

  it('is a span of its own in the trace of the job', () => {
    const [one, other] = [newFrameContext(job)!, newFrameContext(job)!];
    expect(one.traceId).toBe(job.traceId);
    expect(new Set([one.spanId, other.spanId, job.spanId]).size).toBe(3);
    expect(readTraceparent(traceparentOf(one))).toMatchObject({ ...one, isRemote: true });
  });

  it.each([
    ['no trace', undefined],
    ['a trace that is not recorded', { ...job, traceFlags: 0 }],
  ])('is none where there is %s', (_, context) => {
    expect(newFrameContext(context)).toBeUndefined();
  });
});

describe('readTraceparent', () => {
  it.each([
    [undefined],
    [''],
    ['hello'],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
  ])('takes %j for none', (text) => {
    // prettier-ignore
    expect(readTraceparent(text)).toBeUndefined();
  });
});
