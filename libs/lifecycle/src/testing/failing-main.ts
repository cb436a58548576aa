import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError, defineSettings, readNumber, setting } from '@kinemacolor/config';
import { z } from 'zod';
import { mainService } from '../main-service.js';
import { serviceSettings } from '../service-settings.js';
import type { SlowStart } from '../slow-start.js';

/*
 * A service that fails as its settings say, for tests.
 */
const settings = defineSettings({
  ...serviceSettings,
  fail: setting(z.enum(['never', 'kind', 'settings', 'word', 'later', 'stuck']).default('never'), { env: 'TEST_FAIL', describe: 'How' }), // prettier-ignore
  count: setting(readNumber(z.number().default(1)), { env: 'TEST_COUNT', describe: 'A number' }),
  startMs: setting(readNumber(z.number().default(0)), { env: 'TEST_START_MS', describe: 'How long it takes to start' }),
  slowMs: setting(readNumber(z.number().optional()), { env: 'TEST_SLOW_MS', describe: 'How long it says it may take' }),
  port: setting(readNumber(z.number().default(0)), {
    env: 'TEST_PORT',
    describe: 'A server whose connection stays open',
  }),
});

class TestError extends Error {
  override readonly name = 'TestError';
  readonly code = 'NOT_TODAY';
}

const slowStart = ({ slowMs }: { readonly slowMs?: number | undefined }): SlowStart => ({ ms: slowMs ?? 0, setting: 'TEST_SLOW_MS' }); // prettier-ignore

await mainService(
  'failing',
  settings,
  async ({ fail, port, startMs }) => {
    await pause(startMs);
    if (port !== 0) connect(port, '127.0.0.1');
    if (fail === 'kind') throw new TestError('Not today. Come back tomorrow.');
    if (fail === 'settings')
      throw new ConfigError('BAD_SETTINGS', ['TEST_FAIL: does not please', 'TEST_COUNT: nor this']);
    if (fail === 'word') process.exit(3);
    const ended = fail === 'later' ? Promise.reject(new TestError('It broke.')) : new Promise<void>(() => undefined);
    const drain = (): Promise<void> => {
      while (fail === 'stuck') continue;
      return Promise.resolve();
    };
    return { ended, healthy: () => Promise.resolve(true), drain };
  },
  process.env['TEST_SLOW_MS'] === undefined ? undefined : slowStart,
);
