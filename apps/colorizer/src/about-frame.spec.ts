import { JobState } from '@kinemacolor/contracts';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ColourWorld } from './testing/colour-world.js';
import { startProcess } from './testing/process.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

let world: ColourWorld;
beforeAll(async () => {
  world = await ColourWorld.open(scratchDir());
});
afterAll(() => world.close());

it('says why a job is ended, in a line with the ids of job, frame and trace', async () => {
  const { child, ended } = await startProcess('testing/stand-in-main.js', [], {
    ...world.environment(),
    // Loopback, where nobody listens: what matters is that something is traced.
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  });
  let words = '';
  child.stderr!.on('data', (text: string) => (words += text));
  const job = await world.job('no-model');
  await world.jobs.update(job, (now) => ({ ...now, traceparent: `00-${TRACE}-b7ad6b7169203331-01` }));
  await world.send(job, 1, () => ({ model: 'nothing' }), 7);
  await expect.poll(async () => (await world.jobs.get(job))!.job.state).toBe(JobState.FAILED);
  child.kill('SIGTERM');
  await ended;
  const line = words.split('\n').find((one) => one.includes('a job is ended'))!;
  expect(line.match(/"message":/g)).toHaveLength(1);
  expect(JSON.parse(line)).toMatchObject({
    message: 'a job is ended',
    reason: 'There is no model nothing.',
    code: 5,
    job,
    frame: 7,
    trace_id: TRACE,
  });
});
