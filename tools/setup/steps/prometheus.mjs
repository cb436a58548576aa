import { join } from 'node:path';

import { installModule } from '../go.mjs';
import { PROMETHEUS } from '../versions.mjs';
import { goPrograms } from './go-programs.mjs';

const cure = 'The tests of alert rules and dashboards skip without it; install Go 1.26.7 or newer to have them run.';

/** promtool, which tries the alert rules, and Prometheus, which a test sends metrics to. Its pages are not in it. */
export const prometheus = goPrograms({
  name: 'Prometheus (for tests)',
  cure,
  what: `${PROMETHEUS.module}@v${PROMETHEUS.version}`,
  programs: Object.keys(PROMETHEUS.programs),
  key: () => Promise.resolve(join('prometheus', PROMETHEUS.version)),
  build: (go, into) => installModule(go, PROMETHEUS, { into, cure }),
});
