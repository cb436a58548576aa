import { configDefaults, defineConfig } from 'vitest/config';

/** Tests run on the sources: the condition below makes `@kinemacolor/*` resolve to `src/index.ts`. */
const conditions = ['@kinemacolor/source', 'node', 'import', 'default'];

const all = ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts', 'tools/**/*.spec.{ts,mjs}', 'deploy/**/*.spec.mjs'];

/** Where services run in processes of their own: what is tested is how they meet, and how long they wait for each other. */
const services = [
  'apps/{gateway,decoder,colorizer,encoder}/src/**/*.spec.ts',
  'apps/cli/src/e2e/services/**/*.spec.ts',
  'libs/{client,lifecycle,serve}/src/**/*.spec.ts',
  'tools/python-client/**/*.spec.mjs',
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'default'] } },
  test: {
    // Native addons and child processes: a process a file.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes when other processes get to it, on a busy machine too.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: all,
          exclude: [...configDefaults.exclude, '**/dist/**', ...services],
          // No more processes than the two cores of a small machine.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'services',
          include: services,
          // A file here is up to ten processes already; two at once would test the machine's scheduler.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
