import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dockerfile = await readFile(new URL('Dockerfile', import.meta.url), 'utf8');

const problems = (text) => validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);

it('the container file has no mistake that a parser finds', () => {
  expect(problems(dockerfile)).toEqual([]);
  expect(problems(dockerfile.replace('WORKDIR', 'WORKDIRECTORY')).join()).toContain('WORKDIRECTORY');
  expect(problems(dockerfile.replace('--from=build', '--form=build')).join()).toContain('form');
});

it('runs the trainer through what tells a stopped training from a finished one, and not as root', async () => {
  const [, trainer] = dockerfile.split(/^FROM base AS trainer$/m);
  const [, entry] = /^ENTRYPOINT (.*)$/m.exec(trainer);
  const [node, wrapper, command] = JSON.parse(entry);
  expect([node, command]).toEqual(['node', 'kinemacolor-train']);
  await access(wrapper.replace('/app/', root));
  const { bin } = JSON.parse(await readFile(`${root}apps/trainer/package.json`, 'utf8'));
  expect(Object.keys(bin)).toContain(command);
  expect(/^USER (\d+):/m.exec(trainer)?.[1]).toBe('1000');
});
