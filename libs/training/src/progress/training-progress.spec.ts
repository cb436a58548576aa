import { PassThrough } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { TrainingProgress } from './training-progress.js';

afterEach(() => vi.useRealTimers());

const plan = { stages: [{ size: 64, batch: 1, epochs: 2, steps: 10 }, { size: 128, batch: 1, epochs: 1, steps: 5 }], done: 0 }; // prettier-ignore

/** What a run of three steps writes where there is no terminal. */
function written({ quiet }: { quiet: boolean }): string[] {
  const out = new PassThrough();
  const progress = new TrainingProgress({ out: out as unknown as NodeJS.WriteStream, quiet });
  progress.begin(plan);
  for (const stageStep of [1, 2, 3]) {
    progress.update({ stage: 0, epoch: 0, step: stageStep, stageStep, losses: { generator: 0.5, cycleA: 9 } });
  }
  progress.tell('told');
  progress.end();
  progress.end();
  return String(out.read() ?? '').split('\n'); // prettier-ignore
}

it('is a plain line now and then where there is no terminal, not one a step', () => {
  const lines = written({ quiet: false });
  expect(lines[0]).toMatch(
    /^stage 1\/2 epoch 1\/2 step 1\/15 loss 0\.5000; - pictures\/s; stage -:--, run -:-- to go$/,
  );
  expect(lines.slice(1)).toEqual(['told', '']);
});

it.each([[1, '1.00 pictures/s'], [0.08, '12.5 pictures/s'], [0.004, '250 pictures/s']])('tells pictures a second, at %f seconds a step', (seconds, words) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const out = new PassThrough();
  const progress = new TrainingProgress({ out: out as unknown as NodeJS.WriteStream, quiet: false });
  progress.begin(plan);
  const steps = Math.ceil(31 / seconds);
  for (let step = 1; step <= steps; step++) {
    vi.advanceTimersByTime(1000 * seconds);
    progress.update({ stage: 0, epoch: 0, step, stageStep: step, losses: { generator: 0.5 } });
  }
  const lines = String(out.read()).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(`loss 0.5000; ${words}; stage `);
}); // prettier-ignore

it('waits for the second step of a stage, which knows how fast it is', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const out = new PassThrough();
  const progress = new TrainingProgress({ out: out as unknown as NodeJS.WriteStream, quiet: false });
  progress.begin(plan);
  progress.update({ stage: 0, epoch: 0, step: 1, stageStep: 1, losses: {} });
  for (const stageStep of [1, 2]) {
    vi.advanceTimersByTime(60_000);
    progress.update({ stage: 1, epoch: 0, step: 10 + stageStep, stageStep, losses: {} });
  }
  const lines = String(out.read()).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^stage 2\/2 epoch 1\/1 step 12\/15 .* 0\.0167 pictures\/s; stage 3:00, run 3:00 to go$/);
});

it('is what is told alone when it is to be quiet', () => {
  expect(written({ quiet: true })).toEqual(['told', '']);
});
