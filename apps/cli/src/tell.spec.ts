import { PipelineError } from '@kinemacolor/pipeline';
import { afterEach, describe, expect, it } from 'vitest';

import { watchSignals, type Signals } from './signals.js';
import { failureOf } from './tell.js';

let signals: Signals;
afterEach(() => {
  signals.stop();
});
const broken = new PipelineError('FAILED', 'film.mp4: ffmpeg broke.');

describe('what is told of a failure', () => {
  it('is a stop where a signal came that a program of ours has heard first', async () => {
    signals = watchSignals();
    const told = failureOf(broken, signals);
    process.emit('SIGINT');
    expect(await told).toEqual({ name: 'ABORTED', message: 'Stopped.', exitCode: 130 });
  });

  it('is what was said of the stop where that says more', async () => {
    signals = watchSignals();
    process.emit('SIGTERM');
    const stopped = new PipelineError('ABORTED', 'Stopped. Run again with --resume to go on.');
    expect(await failureOf(stopped, signals)).toEqual({ name: 'ABORTED', message: stopped.message, exitCode: 143 });
  });

  it('is the failure where no signal came', async () => {
    signals = watchSignals();
    expect(await failureOf(broken, signals)).toEqual({ name: 'FAILED', message: broken.message, exitCode: 1 });
  });
});
