import { readFile } from 'node:fs/promises';
import { ColorizeSettings, Container } from '@kinemacolor/contracts';
import { checkCodec, type TargetContainer, type VideoCodec } from '@kinemacolor/media';
import { Status } from 'nice-grpc';
import { describe, expect, it } from 'vitest';
import { checkDuration, checkLabel, checkSettings, CODECS_IN, durationOf } from './check-settings.js';
import { failing } from './testing/test-gateway.js';

const check = (given: Partial<ColorizeSettings>): ColorizeSettings => checkSettings(ColorizeSettings.create(given));

describe('settings of a job', () => {
  it('have a codec and a container, and are otherwise as they were given', () => {
    expect(checkSettings(undefined)).toMatchObject({ codec: 'h264', container: Container.MATROSKA, crf: undefined });
    const given = { renderSize: 64, saturation: 0, stabilize: 0.95, codec: 'av1', crf: 63, preset: '8', model: 'm' };
    expect(check({ ...given, container: Container.FRAGMENTED_MP4 })).toMatchObject(given);
  });

  it.each<[string, Partial<ColorizeSettings>]>([
    ['settings.render_size', { renderSize: 63 }],
    ['settings.render_size', { renderSize: 1025 }],
    ['settings.saturation', { saturation: -0.1 }],
    ['settings.saturation', { saturation: Number.NaN }],
    ['settings.saturation', { saturation: Infinity }],
    ['settings.stabilize', { stabilize: 0.96 }],
    ['settings.codec', { codec: 'vp9' }],
    ['settings.codec', { codec: 'toString' }],
    ['settings.crf', { crf: 52 }],
    ['settings.crf', { codec: 'av1', crf: 64 }],
    ['settings.preset', { preset: '-f' }],
    ['settings.preset', { preset: 'bogus' }],
    ['settings.preset', { preset: '8' }],
    ['settings.preset', { codec: 'av1', preset: 'veryfast' }],
    ['settings.preset', { codec: 'av1', preset: '14' }],
    ['settings.preset', { codec: 'ffv1', preset: 'slow' }],
    ['settings.preset', { preset: 'fast -vf x' }],
    ['settings.preset', { preset: 'fast\n' }],
    ['settings.preset', { preset: 'a'.repeat(17) }],
    ['settings.subsampling', { subsampling: 9 as never }],
    ['settings.container', { container: 9 as never }],
    ['settings.poison', { poison: 9 as never }],
  ])('%s refuses %j', (field, given) => {
    expect(() => check(given)).toThrow(failing(Status.INVALID_ARGUMENT, new RegExp(`^${field}: `)));
  });

  it('are taken as far as the contract says, and no further', async () => {
    const proto = await readFile(new URL('../../../proto/kinemacolor/v1/settings.proto', import.meta.url), 'utf8');
    const [, most] = /0 \(off\) to ([\d.]+); default: [\d.]+\.\n +optional double stabilize/.exec(proto)!;
    expect(check({ stabilize: Number(most) })).toMatchObject({ stabilize: Number(most) });
    expect(() => check({ stabilize: Number(most) + 0.001 })).toThrow(failing(Status.INVALID_ARGUMENT, /stabilize/));
  });

  it('let a container hold what libs/media lets it hold', () => {
    const names = { MATROSKA: 'matroska', FRAGMENTED_MP4: 'mp4', MPEG_TS: 'mpegts' } as const satisfies Record<string, TargetContainer>; // prettier-ignore
    const codecs: readonly VideoCodec[] = ['h264', 'hevc', 'av1', 'ffv1', 'prores'];
    const can = (work: () => unknown): boolean => {
      try {
        work();
        return true;
      } catch {
        return false;
      }
    };
    for (const [name, target] of Object.entries(names)) {
      const container = Container[name as keyof typeof CODECS_IN];
      for (const codec of codecs) {
        const expected = can(() => {
          checkCodec(codec, target);
        });
        expect([name, codec, can(() => check({ codec, container }))]).toEqual([name, codec, expected]);
      }
    }
  });
});

it('a label has nothing that a terminal would obey', () => {
  for (const label of ['red \u001b[31m', 'two\nlines', 'bell\u0007', 'c1 \u009b']) {
    expect(() => {
      checkLabel(label);
    }).toThrow(failing(Status.INVALID_ARGUMENT, /^label.*control/));
  }
});

it('a label has at most 200 characters, however many bytes they take', () => {
  checkLabel('🎬'.repeat(200));
  expect(() => {
    checkLabel('a'.repeat(201));
  }).toThrow(failing(Status.INVALID_ARGUMENT, /^label/));
});

it('a span of time is positive, and within its limit', () => {
  expect(checkDuration('deadline', undefined, 1000)).toBeUndefined();
  expect(checkDuration('deadline', durationOf(999.5), 1000)).toBe(999.5);
  for (const ms of [0, -1, 1001]) {
    expect(() => checkDuration('deadline', durationOf(ms), 1000)).toThrow(failing(Status.INVALID_ARGUMENT, /^deadline/)); // prettier-ignore
  }
});
