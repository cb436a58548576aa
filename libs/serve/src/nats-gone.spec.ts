import path from 'node:path';
import { StartFailed } from '@kinemacolor/lifecycle';
import { startNatsServer } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';

import { explainGone } from './nats-gone.js';

const nowhere = { KINEMACOLOR_NATS: 'nats://films:secret@127.0.0.1:1' };
const late = new StartFailed('encoder-1 was not ready after 60 s.');
const gone = { name: 'StreamingError', code: 'NOT_CONNECTED' };

it('what a service had no better word for is told as NATS that went away', async () => {
  const timeout = new StartFailed('encoder-1 cannot start: timeout', { error: 'TimeoutError', message: 'timeout' });
  const told = await explainGone(timeout, nowhere);
  expect(told).toMatchObject({ ...gone, message: expect.stringMatching(/^No connection to NATS at nats:\/\/127\.0\.0\.1:1 any more: timeout\./) as string }); // prettier-ignore
  expect(await explainGone(late, nowhere)).toMatchObject({ ...gone, message: expect.stringMatching(/^No connection to NATS at nats:\/\/127\.0\.0\.1:1: connection refused\./) as string }); // prettier-ignore
});

it('what else went wrong stays what it was', async () => {
  const model = new StartFailed('x', { error: 'ModelError', code: 'CORRUPT', message: 'It is damaged.' });
  expect(await explainGone(model, nowhere)).toBe(model);
  const server = await startNatsServer({ folder: path.join(scratchDir(), 'nats') });
  expect(await explainGone(late, { KINEMACOLOR_NATS: server.url })).toBe(late);
  await server.stop();
});
