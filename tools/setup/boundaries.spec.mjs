import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ESLint } from 'eslint';
import { beforeAll, expect, test } from 'vitest';

import { ROOT } from './paths.mjs';
import { run } from './run.mjs';

const RULE = '@nx/enforce-module-boundaries';

beforeAll(async () => {
  await run(process.execPath, [join(ROOT, 'tools', 'setup', 'project-graph.mjs')]);
});

/** Lints a text as if it were the first source of a package, with the repository's own rules. */
async function boundaryErrors(packageFolder, text) {
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: true } } }],
    ruleFilter: ({ ruleId }) => ruleId === RULE,
  });
  const folder = join(ROOT, packageFolder, 'src');
  const source = (await readdir(folder)).sort().find((name) => /(?<!\.spec|\.d)\.ts$/.test(name));
  const [result] = await eslint.lintText(text, { filePath: join(folder, source) });
  expect(result.fatalErrorCount, JSON.stringify(result.messages)).toBe(0);
  return result.messages.filter(({ ruleId }) => ruleId === RULE);
}

test.each([
  ['media to the engine', 'libs/media', '@kinemacolor/tensor', 'can only depend on libs tagged'],
  ['media to TensorFlow', 'libs/media', '@tensorflow/tfjs', 'is not allowed to import'],
  ['losses to models', 'libs/losses', '@kinemacolor/models', 'can not depend on libs tagged'],
  ['the engine to ffmpeg', 'libs/tensor', 'fluent-ffmpeg', 'is not allowed to import'],
  ['contracts to media', 'libs/contracts', '@kinemacolor/media', 'can only depend on libs tagged'],
  ['a lib to an app', 'libs/pipeline', '@kinemacolor/cli', ''],
  ['an app to another app', 'apps/cli', '@kinemacolor/trainer', ''],
])('the lint refuses %s', async (_name, from, to, reason) => {
  const errors = await boundaryErrors(from, `import { thing } from '${to}';\nexport { thing };\n`);
  expect(errors.map(({ message }) => message)).toContainEqual(expect.stringContaining(reason));
  expect(errors[0].severity).toBe(2);
});

test('the lint refuses a relative way into another package', async () => {
  const text = "import { thing } from '../../tensor/src/index.js';\nexport { thing };\n";
  expect(await boundaryErrors('libs/models', text)).toHaveLength(1);
});

test.each([
  ['models to the engine', 'libs/models', '@kinemacolor/tensor'],
  ['an app to the pipeline', 'apps/cli', '@kinemacolor/pipeline'],
])('the lint lets pass %s', async (_name, from, to) => {
  expect(await boundaryErrors(from, `import { thing } from '${to}';\nexport { thing };\n`)).toEqual([]);
});
