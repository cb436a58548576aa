import { defineConfig } from 'vitest/config';

/** Tests run on the sources: the condition below makes `@kinemacolor/*` resolve to `src/index.ts`. */
const conditions = ['@kinemacolor/source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'default'] } },
  test: {
    include: ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts', 'tools/**/*.spec.{ts,mjs}', 'deploy/**/*.spec.mjs'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Native addons and child processes: a process a file, and no more of them than the two cores of a small machine.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when other processes get to it, on a busy machine too.
    expect: { poll: { timeout: 20_000 } },
  },
});
