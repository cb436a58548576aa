import { expect, test } from 'vitest';
import { PeakMemory } from './peak-memory.js';
import { allProcesses, parseStat, treeOf } from './process-tree.js';

const one = (pid: number, parent: number, rss = 1, name = 'p') => ({ pid, parent, name, rss });

test('a tree is the process and everything below it, in whatever order they are listed', () => {
  const all = [one(30, 20), one(99, 1), one(20, 10), one(10, 1), one(1, 0)];
  expect(treeOf(10, all).map(({ pid }) => pid).sort()).toEqual([10, 20, 30]); // prettier-ignore
  expect(treeOf(77, all)).toEqual([]);
});

test('a line of stat is read, with an odd name in it', () => {
  const fields = ['S', '7', ...Array.from({ length: 19 }, () => '0'), '256', '0'];
  expect(parseStat(`42 (a (b) c) ${fields.join(' ')}`)).toEqual({ pid: 42, parent: 7, name: 'a (b) c', rss: 2 ** 20 });
});

test('peaks are of sums at one moment, not sums of peaks', () => {
  const memory = new PeakMemory();
  memory.add([one(1, 0, 100, 'node'), one(2, 1, 50, 'ffmpeg')]);
  memory.add([one(1, 0, 60, 'node'), one(2, 1, 70, 'ffmpeg'), one(3, 1, 10, 'ffmpeg')]);
  expect(memory.peaks()).toEqual({ total: 150, byName: { node: 100, ffmpeg: 80 } });
});

test.runIf(process.platform === 'linux')('this process is found with about the memory that it says it has', () => {
  const [self] = treeOf(process.pid, allProcesses());
  expect(self?.pid).toBe(process.pid);
  expect(self!.rss / process.memoryUsage.rss()).toBeGreaterThan(0.5);
  expect(self!.rss / process.memoryUsage.rss()).toBeLessThan(2);
});
