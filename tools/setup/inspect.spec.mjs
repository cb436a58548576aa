import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { formatReport, inspect } from './inspect.mjs';

describe('inspect', () => {
  let report;
  let empty;
  beforeAll(async () => {
    report = await inspect();
    empty = await mkdtemp(join(tmpdir(), 'kinemacolor-inspect-'));
  });
  afterAll(async () => {
    await rm(empty, { recursive: true });
  });

  const named = (from, name) => from.items.find((item) => item.name === name);

  test('every item has a name, a known status, a line for people, and a cure when it is missing', () => {
    for (const item of report.items) {
      expect(item).toMatchObject({ name: expect.any(String), detail: expect.any(String) });
      expect(['ok', 'missing', 'optional']).toContain(item.status);
      if (item.status === 'missing') expect(item.cure).toEqual(expect.any(String));
    }
    expect(report.ok).toBe(report.items.every(({ status }) => status !== 'missing'));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('finds the engine and ffmpeg that the tests run on', () => {
    expect(named(report, 'engine')).toMatchObject({
      status: 'ok',
      facts: { tensorflow: expect.stringMatching(/^\d+\.\d+/), devices: expect.arrayContaining(['cpu']) },
    });
    expect(named(report, 'ffmpeg')).toMatchObject({
      status: 'ok',
      facts: { encoders: expect.arrayContaining(['libx264', 'ffv1']) },
    });
    expect(named(report, 'ffprobe').status).toBe('ok');
  });

  test('tells what is missing where there is nothing, and makes nothing', async () => {
    const env = { PATH: empty };
    await expect(inspect({ root: empty, cache: join(empty, 'cache'), env })).rejects.toThrow('package-lock.json');
  });

  test('a tool that the environment names wrongly is missing, with the variable in its cure', async () => {
    const { items } = await inspect({ env: { ...process.env, KINEMACOLOR_FFMPEG: '/no/such/ffmpeg' } });
    const ffmpeg = items.find(({ name }) => name === 'ffmpeg');
    expect(ffmpeg).toMatchObject({ status: 'missing', detail: expect.stringContaining('/no/such/ffmpeg') });
    expect(ffmpeg.cure).toContain('KINEMACOLOR_FFMPEG');
  });

  test('the text names each item, and the cure of what is missing', () => {
    const text = formatReport({
      ok: false,
      items: [
        { name: 'a', status: 'ok', detail: 'there' },
        { name: 'b', status: 'missing', detail: 'not there', cure: 'fetch it' },
      ],
    });
    expect(text).toContain('✓ a');
    expect(text).toContain('✗ b');
    expect(text).toContain('→ fetch it');
  });
});
