import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { bordersOf } from './frame-clock.js';
import { TraceFile } from './trace-file.js';

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly id?: string;
  readonly tid?: number;
  readonly ts?: number;
  readonly args?: { readonly frame?: number };
}

const borders = bordersOf(1000, { decode: 3000, infer: 9000, encode: 9500 });

it('writes each stage of a frame as a bar of its length, on the track of its stage', () => {
  const file = path.join(scratchDir(), 'trace.json');
  const trace = new TraceFile(file, 'a "film"');
  trace.frame(0, borders);
  trace.frame(1, borders);
  expect(trace.close()).toBeUndefined();
  const events = JSON.parse(readFileSync(file, 'utf8')) as Event[];
  const bars = events.filter(({ ph, args }) => ph === 'b' && args?.frame === 1);
  expect(bars.map(({ name }) => name)).toEqual(['decode', 'infer', 'encode']);
  for (const { id, ts, tid } of bars) {
    const end = events.find((event) => event.ph === 'e' && event.id === id)!;
    expect([end.tid, end.name]).toEqual([tid, id!.split('-')[0]]);
    expect(end.ts! - ts!).toBe(id === 'decode-1' ? 2000 : id === 'infer-1' ? 6000 : 500);
  }
});

it('has something to look at before it is whole', () => {
  const file = path.join(scratchDir(), 'trace.json');
  const trace = new TraceFile(file, 'film');
  trace.frame(0, borders);
  // The format allows the end of the array to be missing.
  expect(() => JSON.parse(`${readFileSync(file, 'utf8')}]`) as unknown).not.toThrow();
  trace.close();
});

it('goes on without a word when the disk is full, and says so at the end', () => {
  const trace = new TraceFile('/dev/full', 'film');
  trace.frame(0, borders);
  expect(trace.close()).toMatchObject({ code: 'ENOSPC' });
});

it('says at once when the file cannot be made', () => {
  expect(() => new TraceFile(path.join(scratchDir(), 'missing', 'trace.json'), 'film')).toThrow(/ENOENT/);
});
