import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from './log-entry.js';
import { runEntry, stepsEntry, validationEntry, writeLog } from './log-for-tests.js';
import { readLog, type RunLog } from './read-log.js';
import { ReportError } from './report-error.js';
import { MOST_POINTS } from './thin-series.js';

const read = async (entries: readonly LogEntry[], tail?: string): Promise<RunLog> =>
  readLog(await writeLog(scratchDir(), entries, tail));

const loss = (step: number, generator: number): LogEntry => stepsEntry(step, { losses: { generator } });
const losses = ({ steps }: RunLog): [number, number | undefined][] =>
  steps.map(({ where, values }) => [where.step, values.get('loss/generator')]);

describe('a log that was gone on with', () => {
  it('shows repeated steps once, as they were done last', async () => {
    const log = await read([runEntry(), loss(10, 1), loss(20, 2), loss(30, 3), loss(20, 8), loss(30, 9), loss(40, 10)]);
    expect(losses(log)).toEqual([
      [10, 1],
      [20, 8],
      [30, 9],
      [40, 10],
    ]);
  });

  it('forgets what lies past the checkpoint of a resume, of every kind', async () => {
    const log = await read([
      runEntry(),
      loss(10, 1),
      validationEntry(10, { best: true, score: 1 }),
      loss(20, 2),
      validationEntry(20, { best: true, score: 9 }),
      { kind: 'end', time: '2025-03-01T10:00:00Z', state: 'stopped' },
      runEntry(10),
      loss(15, 7),
    ]);
    expect(losses(log)).toEqual([
      [10, 1],
      [15, 7],
    ]);
    expect(log.bestValidation?.step).toBe(10);
    expect(log.validations).toHaveLength(1);
    expect(log.starts.map(({ resumedAt }) => resumedAt)).toEqual([undefined, 10]);
    expect(log.end).toBeUndefined();
  });

  it('sees through many resumes, each from another place', async () => {
    const log = await read([
      ...[10, 20, 30, 40].map((step) => loss(step, 1)),
      ...[30, 40, 50].map((step) => loss(step, 2)),
      ...[20, 60].map((step) => loss(step, 3)),
      ...[60, 70].map((step) => loss(step, 4)),
    ]);
    expect(losses(log)).toEqual([
      [10, 1],
      [20, 3],
      [60, 4],
      [70, 4],
    ]);
  });

  it('does not count the time between a kill and a resume', async () => {
    const at = (minute: number): { time: string } => ({
      time: new Date(Date.UTC(2025, 0, 1, 0, minute)).toISOString(),
    });
    const log = await read([
      stepsEntry(10, at(0)),
      stepsEntry(20, at(2)),
      runEntry(20),
      stepsEntry(30, at(50)),
      stepsEntry(40, at(51)),
    ]);
    expect(log.stages).toMatchObject([{ stage: 0, seconds: 180, lastStep: 40 }]);
  });
});

describe('a long log', () => {
  it('is thinned by means, never over two stages', async () => {
    const count = 2 * MOST_POINTS + 10;
    const entries = Array.from({ length: count }, (_, i) =>
      stepsEntry(i + 1, { stage: i < 4 ? 0 : 1, losses: { generator: i < 4 ? 100 : i % 3 } }),
    );
    const log = await read(entries);
    expect(log.steps.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(log.steps.length).toBeGreaterThan(MOST_POINTS / 2);
    // Three lines a point: 100 100 100 | 100 | then every point has 0, 1 and 2 in it.
    expect(
      losses(log)
        .slice(0, 2)
        .map(([, value]) => value),
    ).toEqual([100, 100]);
    for (const [, value] of losses(log).slice(2, -1)) expect(value).toBeCloseTo(1, 12);
    expect(losses(log).at(-1)![0]).toBe(count);
  });

  it('means only what is a number, and counts what is not', async () => {
    const log = await read([stepsEntry(1, { losses: { generator: null, cycleA: 2 } })]);
    expect([...log.steps[0]!.values.keys()]).toEqual(['loss/cycleA', 'rate/generator', 'speed']);
    expect(log.notNumbers).toBe(1);
  });
});

describe('a damaged log', () => {
  it('does without a last line that is not whole', async () => {
    const log = await read([runEntry(), loss(10, 1)], '{"kind":"steps","time":"20');
    expect(losses(log)).toEqual([[10, 1]]);
    expect(log.damaged.count).toBe(0);
  });

  it('does without damaged lines elsewhere, counts them and names the first', async () => {
    const file = await writeLog(scratchDir(), [runEntry(), loss(10, 1)], '{"kind":"st\n\u0000\u0000\n[]\n');
    await appendFile(file, `${JSON.stringify({ kind: 'of-the-future' })}\n${JSON.stringify(loss(20, 2))}\n`);
    const log = await readLog(file);
    expect(losses(log)).toHaveLength(2);
    expect(log.damaged).toEqual({ count: 3, first: 3 });
  });

  it('does not take a line of any length into memory', async () => {
    const log = await read([loss(10, 1)], `{"kind":"note","text":"${'x'.repeat(5 * 1024 * 1024)}"}\n`);
    expect(log.damaged).toEqual({ count: 1, first: 2 });
    expect(log.notes).toEqual([]);
  });

  it('keeps letters whole where a chunk of the file ends within one', async () => {
    const text = 'ü€😀'.repeat(30_000);
    const log = await read([{ kind: 'note', time: '2025-03-01T10:00:00Z', text }]);
    expect(log.notes[0]!.text).toBe(text);
  });

  it('that is not there is an error with its name', async () => {
    const file = path.join(scratchDir(), 'log.jsonl');
    await expect(readLog(file)).rejects.toThrow(ReportError);
    await expect(readLog(file)).rejects.toThrow(`${file} cannot be read: there is no such file.`);
  });
});
