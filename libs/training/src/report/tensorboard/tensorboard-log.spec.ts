import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '@kinemacolor/config';
import { scratchDir } from '@kinemacolor/testing';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { runEntry, stepsEntry, validationEntry } from '../log-for-tests.js';
import { ReportError } from '../report-error.js';
import { decodeEvent, scalarValue } from './event-messages.js';
import { EventWriter } from './event-writer.js';
import { frameRecord, readRecords } from './record.js';
import { TENSORBOARD_FOLDER, TensorBoardLog } from './tensorboard-log.js';

const PYTHON = path.join(cacheFolder(), 'tensorflow-venv', 'bin', 'python');
const SCRIPT = fileURLToPath(new URL('../../../../../tools/tensorflow-peer/read_events.py', import.meta.url));

const eventsIn = async (file: string): Promise<Record<string, unknown>[]> =>
  readRecords(await readFile(file)).map(decodeEvent);

/** A run with everything in it, then the run that goes on from its step 10. */
async function wholeRun(): Promise<string[]> {
  const run = scratchDir();
  await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a52' } })
    .jpeg()
    .toFile(path.join(run, 'grid.jpg'));
  const board = new TensorBoardLog(run);
  const at = { time: '2025-03-01T10:00:00.500Z', stage: 0, epoch: 1 };
  await board.write(runEntry());
  await board.write(stepsEntry(10, { ...at, losses: { generator: 1.5, cycleA: null }, picturesPerSecond: 12.25 }));
  await board.write(validationEntry(10, { ...at, metrics: { psnr: 25.5 }, baselines: { tone: { psnr: 25.25 } } }));
  await board.write({ kind: 'samples', ...at, step: 10, file: 'grid.jpg', columns: ['input', 'truth'] });
  await board.write({ kind: 'note', time: at.time, text: 'left out <b>.jpg\n```' });
  await board.write({ kind: 'end', time: at.time, state: 'stopped' });
  await board.write(runEntry(10));
  await board.write(stepsEntry(20, { losses: { generator: 0.5 } }));
  await board.close();
  await board.close();
  const folder = path.join(run, TENSORBOARD_FOLDER);
  return (await readdir(folder)).sort().map((name) => path.join(folder, name));
}

describe('the event files', () => {
  it('are two after a resume, in the order of their names, with steps, losses, metrics and baselines', async () => {
    const files = await wholeRun();
    expect(files).toHaveLength(2);
    for (const file of files) expect(path.basename(file)).toMatch(/^events\.out\.tfevents\.\d{10}\./);
    const [first, second] = await Promise.all(files.map(eventsIn));
    expect(first![0]).toMatchObject({ file_version: 'brain.Event:2' });
    expect(first![2]).toEqual({
      wall_time: Date.UTC(2025, 2, 1, 10, 0, 0, 500) / 1000,
      step: 10,
      summary: {
        value: [
          { tag: 'loss/generator', simple_value: 1.5 },
          { tag: 'rate/generator', simple_value: Math.fround(0.001) },
          { tag: 'speed/pictures a second', simple_value: 12.25 },
        ],
      },
    });
    expect(first![3]).toMatchObject({
      summary: {
        value: [
          { tag: 'psnr/model', simple_value: 25.5 },
          { tag: 'psnr/tone', simple_value: 25.25 },
          { tag: 'score/model', simple_value: 1 },
        ],
      },
    });
    expect(second![1]).toMatchObject({ step: 11, session_log: { status: 1 } });
  });

  it('hold each entry at once, so that a kill loses none', async () => {
    const run = scratchDir();
    const board = new TensorBoardLog(run);
    await board.write(stepsEntry(1));
    const folder = path.join(run, TENSORBOARD_FOLDER);
    const file = path.join(folder, (await readdir(folder))[0]!);
    expect(await eventsIn(file)).toHaveLength(2);
    await board.close();
  });

  it('keep their records whole and in order when many are added at once', async () => {
    const writer = await EventWriter.open(scratchDir());
    const tag = 'x'.repeat(10_000);
    await Promise.all(
      Array.from({ length: 300 }, async (_, step) => {
        await writer.append({ step, time: 0, values: [scalarValue(tag, step)] });
        if (step % 7 === 0) await writer.flush();
      }),
    );
    await writer.close();
    const steps = (await eventsIn(writer.file)).slice(1).map((event) => event['step'] ?? 0);
    expect(steps).toEqual(Array.from({ length: 300 }, (_, step) => step));
  });

  it('that cannot be begun are an error with their name', async () => {
    const folder = path.join(scratchDir(), 'file');
    await appendFile(folder, '');
    await expect(EventWriter.open(folder)).rejects.toThrow(ReportError);
    await expect(EventWriter.open(folder)).rejects.toThrow(folder);
  });
});

describe('a record', () => {
  it('shows when a bit of it is wrong, and is left out when it is cut', () => {
    const two = Buffer.concat([frameRecord(Buffer.from('one')), frameRecord(Buffer.from('two'))]);
    expect(readRecords(two).map(String)).toEqual(['one', 'two']);
    expect(readRecords(two.subarray(0, two.length - 1)).map(String)).toEqual(['one']);
    for (const at of [0, 9, 13, 16]) {
      const wrong = Buffer.from(two);
      wrong[at]! ^= 1;
      expect(() => readRecords(wrong)).toThrow('damaged at 0');
    }
  });
});

describe.skipIf(!existsSync(PYTHON))(
  'the event files in Python (skipped without the set-up’s TensorFlow for Python)',
  () => {
    it('are what TensorFlow reads', async () => {
      const files = await wholeRun();
      const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '-1' };
      const read = async (file: string): Promise<unknown> => {
        const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, file], { env, timeout: 100_000 });
        return JSON.parse(stdout);
      };
      const at = { kind: 'summary', step: 10, time: Date.UTC(2025, 2, 1, 10, 0, 0, 500) / 1000 };
      const begun = Date.UTC(2025, 2, 1, 10) / 1000;
      const texts = {
        config: { plugin: 'text', text: '    {\n      "preset": "tiny"\n    }' },
        environment: { plugin: 'text', text: '    {\n      "node": "v20",\n      "cores": 2\n    }' },
      };
      const image = { said: [30, 40], decoded: [30, 40, 3] };
      expect(await read(files[0]!)).toEqual([
        { kind: 'file_version', step: 0, time: expect.any(Number) as number, version: 'brain.Event:2' },
        { kind: 'summary', step: 0, time: begun, values: texts },
        {
          ...at,
          values: { 'loss/generator': 1.5, 'rate/generator': Math.fround(0.001), 'speed/pictures a second': 12.25 },
        },
        { ...at, values: { 'psnr/model': 25.5, 'psnr/tone': 25.25, 'score/model': 1 } },
        { ...at, values: { 'samples/input, truth': image } },
        { ...at, values: { notes: { plugin: 'text', text: '    left out <b>.jpg\n    ```' } } },
      ]);
      expect(await read(files[1]!)).toMatchObject([
        { kind: 'file_version' },
        { kind: 'session_log', step: 11, start: true },
        { step: 10, values: texts },
        { step: 20, values: { 'loss/generator': 0.5 } },
      ]);
    }, 120_000);
  },
);
