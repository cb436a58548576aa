import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { environmentProblems } from '../testing/environment-problems.mjs';
import { dockerfile, stageOf } from '../testing/image.mjs';
import { hadolint, runCommand } from '../testing/linters.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
let folder;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'kinemacolor-dockerfile-'))));
afterAll(() => rm(folder, { recursive: true }));

const IMAGES = { services: ['gateway', 'decoder', 'encoder'], colorizer: ['colorizer'] };

describe('the container file', () => {
  it('has no mistake that a parser finds', () => {
    const problems = (text) => validate(text).map(({ message }) => message);
    expect(problems(dockerfile)).toEqual([]);
    expect(problems(dockerfile.replace('--from=', '--form=')).join()).toContain('form');
  });

  it.skipIf(hadolint === undefined)('has nothing that hadolint warns of', async () => {
    await runCommand(hadolint, join(root, 'deploy/services/Dockerfile'), join(root, 'deploy/trainer/Dockerfile'));
    const spoilt = join(folder, 'Dockerfile');
    await writeFile(spoilt, dockerfile.replace('AS base\n', 'AS base\nRUN cd /app\n'));
    await expect(runCommand(hadolint, spoilt)).rejects.toMatchObject({ stdout: expect.stringContaining('DL3003') });
  });

  it.each(['services', 'trainer'])(
    'of the %s never gets to see passwords, or what it must make itself',
    async (name) => {
      const ignored = (await readFile(join(root, 'deploy', name, 'Dockerfile.dockerignore'), 'utf8')).split('\n');
      expect(ignored).toEqual(expect.arrayContaining(['deploy/compose/secrets', '.git', '**/node_modules', '**/dist']));
    },
  );

  it('starts from one pinned image', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\w[\w-]*))?$/gm)];
    const stages = new Set(bases.map(([, , name]) => name));
    expect(bases.map(([, from]) => from).filter((from) => !stages.has(from))).toEqual([
      expect.stringMatching(/^node:20\.\d+\.\d+-bookworm-slim$/),
    ]);
  });

  it.each(Object.entries(IMAGES))('%s: the programs, their settings and who runs them', async (stage, services) => {
    const { text, env, args } = stageOf(stage);
    expect(text).toMatch(/^USER 1000:1000$/m);
    const [, command] = /^CMD \["\/app\/(.*)"\]$/m.exec(text);
    expect(services.map((service) => `apps/${service}/dist/main.js`)).toContain(command);
    for (const service of services) {
      expect(text).toContain(`/app/apps/${service} apps/${service}`);
      await access(join(root, 'apps', service, 'src', 'main.ts'));
      const { KINEMACOLOR_LISTEN: listen, ...others } = env;
      expect(environmentProblems(service, service === 'gateway' ? env : others)).toEqual([]);
      if (service === 'gateway') expect(text).toContain(`EXPOSE ${listen.split(':')[1]} ${env.KINEMACOLOR_HEALTH.split(':')[1]}`); // prettier-ignore
    }
    expect(environmentProblems(services[0], { ...env, KINEMACOLOR_HELTH: '' })).toHaveLength(1);
    for (const device of stage === 'colorizer' ? ['cpu', 'gpu'] : []) {
      expect(args.DEVICE).toBe('cpu');
      expect(environmentProblems('colorizer', { ...env, KINEMACOLOR_DEVICE: device })).toEqual([]);
    }
    const [, health] = /^HEALTHCHECK .* CMD (.*)$/m.exec(text);
    const [node, script] = JSON.parse(health);
    expect(node).toBe('node');
    expect(text).toContain(`COPY ${script.replace('/app/', '')} `);
    await access(script.replace('/app/', root));
  });
});

/** Refuses TensorFlow, as an image without it would. */
const WITHOUT = `
export async function resolve(name, context, next) {
  if (/^@tensorflow\\//.test(name)) throw new Error('asked for ' + name);
  return next(name, context);
}`;

describe('the image without TensorFlow', () => {
  const withoutTensorflow = async (service) => {
    const hooks = `data:text/javascript,${encodeURIComponent(WITHOUT)}`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(register)}`];
    return run(process.execPath, [...flags, join(root, 'apps', service, 'dist', 'main.js'), '--help']);
  };

  it.each(IMAGES.services)('has all that the %s loads', async (service) => {
    expect((await withoutTensorflow(service)).stdout).toContain(`usage: ${service}`);
  });

  it('would not do for a service that loads it', async () => {
    const main = join(folder, 'main.mjs');
    await writeFile(main, "import '@tensorflow/tfjs-core';");
    const hooks = `data:text/javascript,${encodeURIComponent(WITHOUT)}`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(register)}`];
    await expect(run(process.execPath, [...flags, main])).rejects.toMatchObject({
      stderr: expect.stringContaining('asked for @tensorflow/tfjs-core'),
    });
  });
});
