import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SegmentPiece } from '@kinemacolor/contracts';
import { lastEntry, openLogWriter, readLog, StreamingError } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openSegmentLog, type ReadSegment, type SegmentLog } from './segment-log.js';
import { openJobsBus, type JobsBus } from './testing/jobs-bus.js';

const folder = scratchDir();
let bus: JobsBus;
beforeAll(async () => {
  bus = await openJobsBus(path.join(folder, 'nats'));
});
afterAll(() => bus.close());

const never = new AbortController().signal;

interface ReadBack {
  readonly log: SegmentLog;
  readonly segments: (ReadSegment & { readonly bytes: Buffer })[];
}

async function open(job: string): Promise<ReadBack> {
  const segments: ReadBack['segments'] = [];
  const file = path.join(folder, `${job}-back`);
  const log = await openSegmentLog(
    bus.connection,
    job,
    {
      data: (bytes, offset) => (offset === 0 ? writeFile(file, bytes) : appendFile(file, bytes)),
      whole: async (segment) => {
        segments.push({ ...segment, bytes: await readFile(file) });
      },
    },
    never,
  );
  return { log, segments };
}

async function segmentFile(name: string, length: number): Promise<{ path: string; bytes: Buffer }> {
  const file = path.join(folder, name);
  const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255));
  await writeFile(file, bytes);
  return { path: file, bytes };
}

describe('segments of a job', () => {
  it('come back as they were kept, with what belongs to each', async () => {
    const { log, segments } = await open('whole');
    expect(segments).toEqual([]);
    const first = await segmentFile('first', 1_200_000);
    const second = await segmentFile('second', 900);
    await log.append({ firstFrame: 0, frames: 240, state: Buffer.alloc(700_000, 1), path: first.path });
    await log.append({ firstFrame: 240, frames: 10, state: Buffer.from('end'), path: second.path });
    const back = (await open('whole')).segments;
    expect(back.map(({ firstFrame, frames }) => [firstFrame, frames])).toEqual([
      [0, 240],
      [240, 10],
    ]);
    expect(back[0]!.bytes.equals(first.bytes) && back[1]!.bytes.equals(second.bytes)).toBe(true);
    expect(back[0]!.state).toBeUndefined();
    expect(String(Buffer.from(back[1]!.state!))).toBe('end');
  });

  it('that a killed writer has not finished are not there, and begin anew', async () => {
    const { sequence, append } = openLogWriter(bus.connection, 'segment', 'torn', 0);
    expect(sequence).toBe(0);
    const piece = { $case: 'data', value: Buffer.from('half of it') } as const;
    await append('torn', SegmentPiece.encode(SegmentPiece.create({ jobId: 'torn', piece })).finish());
    const { log, segments } = await open('torn');
    expect(segments).toEqual([]);
    const whole = await segmentFile('torn-again', 600_000);
    await log.append({ firstFrame: 0, frames: 240, state: Buffer.from('s'), path: whole.path });
    const back = (await open('torn')).segments;
    expect(back).toHaveLength(1);
    expect(back[0]!.bytes.equals(whole.bytes)).toBe(true);
  });

  it('keep what the smoothing remembers at the end of the last one only, whoever wrote it', async () => {
    const states = async (): Promise<[firstFrame: number, sequence: number][]> => {
      const found: [number, number][] = [];
      const last = (await lastEntry(bus.connection, 'segment', 'states'))!.sequence;
      for await (const { data, sequence } of readLog(bus.connection, 'segment', 'states', { signal: never })) {
        const { piece, firstFrame } = SegmentPiece.decode(data);
        if (piece?.$case === 'state') found.push([firstFrame, sequence]);
        if (sequence === last) break;
      }
      return found;
    };
    const { path: file } = await segmentFile('states-0', 100);
    // Of two pieces.
    const state = Buffer.alloc(700_000, 3);
    const first = await open('states');
    for (const firstFrame of [0, 1]) await first.log.append({ firstFrame, frames: 1, state, path: file });
    expect((await states()).map(([frame]) => frame)).toEqual([1, 1]);
    const second = await open('states');
    expect(second.segments.map((segment) => segment.state?.byteLength)).toEqual([undefined, state.byteLength]);
    await second.log.append({ firstFrame: 2, frames: 1, state, path: file });
    const left = await states();
    expect(left.map(([frame]) => frame)).toEqual([2, 2]);
    // Gone where somebody would go on from: said, not gone on without.
    await openLogWriter(bus.connection, 'segment', 'states', 0).forget([left[0]![1], left[0]![1]]);
    await expect(open('states')).rejects.toThrow(/smoothing remembers of states at frame 3/);
  });

  it('have one writer: one that was replaced notices', async () => {
    const old = await open('fenced');
    const next = await open('fenced');
    const { path: file } = await segmentFile('fenced-0', 100);
    const segment = { firstFrame: 0, frames: 1, state: Buffer.alloc(0), path: file };
    await next.log.append(segment);
    const late = old.log.append(segment);
    await expect(late).rejects.toThrow(StreamingError);
    await expect(late).rejects.toMatchObject({ code: 'CONTENDED' });
    expect((await open('fenced')).segments).toHaveLength(1);
  });
});
