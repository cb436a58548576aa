import { expect, test } from 'vitest';

import { presentEncoders, readToolVersion } from './inspect/ffmpeg.mjs';
import { isSupportedNode } from './steps/node-version.mjs';
import { isInstalled } from './steps/npm-packages.mjs';
import { compareVersions, parseVersion } from './versions.mjs';

test.each([
  ['v20.19.1', [20, 19, 1]],
  ['ffmpeg version 7.0.2-static', [7, 0, 2]],
  ['22', [22, 0, 0]],
])('parseVersion reads %s', (text, expected) => {
  expect(parseVersion(text)).toEqual(expected);
});

test('parseVersion says so when there is no number', () => {
  expect(parseVersion('none')).toBeUndefined();
});

test('versions compare by number, not by text', () => {
  expect(compareVersions([20, 9, 0], [20, 19, 0])).toBeLessThan(0);
  expect(compareVersions([22, 0, 0], [20, 19, 5])).toBeGreaterThan(0);
  expect(compareVersions([2, 18, 1], [2, 18, 1])).toBe(0);
});

test.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.23.3', true],
  ['23.0.0', false],
  ['24.1.0', false],
])('Node.js %s: supported %s', (version, supported) => {
  expect(isSupportedNode(version)).toBe(supported);
});

test('readToolVersion reads releases, distributions’ builds and snapshots', () => {
  expect(readToolVersion('ffmpeg version 5.1.9-0+deb12u1 Copyright (c)')).toBe('5.1.9-0+deb12u1');
  expect(readToolVersion('ffprobe version N-66595-gc2b38619c0-static https://')).toBe('N-66595-gc2b38619c0-static');
  expect(readToolVersion('something else')).toBeUndefined();
});

test('presentEncoders finds video encoders only', () => {
  const listing =
    ' V..... = Video\n V....D libx264  H.264 (codec h264)\n A....D ffv1  not this\n VFS..D prores_ks  x\n';
  expect(presentEncoders(listing)).toEqual(['libx264', 'prores_ks']);
});

test('isInstalled wants each package of the lockfile, in its version', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/for-another-system': { version: '1.0.0', optional: true },
    },
  };
  expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } } })).toBe(true);
  expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.1', integrity: 'x' } } })).toBe(false);
  expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'y' } } })).toBe(false);
  expect(isInstalled(lock, { packages: {} })).toBe(false);
});
