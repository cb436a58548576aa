import { access, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { NATS_SERVER } from '../../tools/setup/versions.mjs';
import { environmentProblems, SETTINGS } from '../testing/environment-problems.mjs';
import { stageOf, stageOfImage } from '../testing/image.mjs';
import { compose, runCommand } from '../testing/linters.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = async (name) => parse(await readFile(join(root, 'deploy', name), 'utf8'), { strict: true, merge: true });

let folder, secrets;
beforeAll(async () => {
  // Beside the repository's own: secrets of a system that runs stay untouched.
  folder = await mkdtemp(join(tmpdir(), 'kinemacolor-compose-'));
  for (const name of ['compose', 'observability']) {
    const filter = (source) => !source.endsWith('/secrets');
    await cp(join(root, 'deploy', name), join(folder, 'deploy', name), { recursive: true, filter });
  }
  secrets = join(folder, 'deploy', 'compose', 'secrets');
  await runCommand([process.execPath, join(root, 'deploy', 'make-secrets.mjs'), secrets]);
});
afterAll(() => rm(folder, { recursive: true }));

/** What the system would be made of. @param {...string} files */
async function resolved(...files) {
  const flags = files.flatMap((file) => ['-f', join(folder, 'deploy', 'compose', file)]);
  return JSON.parse((await runCommand(compose, ...flags, 'config', '--format', 'json')).stdout);
}
/** The same as far as it can be read without Docker's own `compose`: what each container is given. */
const envOf = async (service) => ({
  ...Object.fromEntries(
    (await readFile(join(secrets, 'nats.env'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  ),
  ...service.environment,
});

describe.skipIf(compose === undefined)('Docker’s own reading', () => {
  it('takes the file, with and without GPUs', async () => {
    const { services } = await resolved('compose.yaml');
    expect(services.colorizer.image).toBe('kinemacolor-colorizer:cpu');
    expect(services.decoder.environment.KINEMACOLOR_NATS).toMatch(/^nats:\/\/kinemacolor:\w{20,}@nats:4222$/);
    const { services: withGpu } = await resolved('compose.yaml', 'compose.gpu.yaml');
    expect(withGpu.colorizer).toMatchObject({ image: 'kinemacolor-colorizer:gpu', build: { args: { DEVICE: 'gpu' } } });
    expect(withGpu.colorizer.deploy.resources.reservations.devices[0].capabilities).toEqual(['gpu']);
    expect(withGpu.colorizer.environment.KINEMACOLOR_NATS).toBe(services.decoder.environment.KINEMACOLOR_NATS);
  });

  it.each([
    ['a field that does not exist', (text) => text.replace('stop_grace_period', 'stop_grace'), /stop_grace/],
    [
      'a network that is not there',
      (text) => text.replace('    tmpfs: [/tmp]', '    networks: [x]'),
      /undefined network/,
    ],
    ['a secret that is not there', (text) => text.replace('secrets: [tokens]', 'secrets: [token]'), /undefined secret/],
    [
      'a service that is not there',
      (text) => text.replace('nats: { condition', 'nat: { condition'),
      /undefined service/,
    ],
  ])('refuses %s', async (_, change, words) => {
    const text = await readFile(join(root, 'deploy', 'compose', 'compose.yaml'), 'utf8');
    await writeFile(join(folder, 'deploy', 'compose', 'spoilt.yaml'), change(text));
    await expect(resolved('spoilt.yaml')).rejects.toMatchObject({ stderr: expect.stringMatching(words) });
  });
});

describe('the system', async () => {
  const { services, volumes, secrets: named } = await read('compose/compose.yaml');
  const { services: withGpu } = await read('compose/compose.gpu.yaml');

  it('tells services only what they read, and what they take', async () => {
    for (const name of Object.keys(SETTINGS)) {
      const { image, command, build, stop_grace_period: grace } = services[name];
      const stage = stageOf(stageOfImage(image));
      expect(build.target).toBe(stageOfImage(image));
      const env = { ...stage.env, ...(await envOf(services[name])), ...withGpu[name]?.environment };
      if (name !== 'gateway') delete env.KINEMACOLOR_LISTEN;
      expect(environmentProblems(name, env)).toEqual([]);
      expect(environmentProblems(name, { ...env, KINEMACOLOR_TOKEN: 'x' })).toHaveLength(1);
      expect(command).toEqual([`/app/apps/${name}/dist/main.js`]);
      expect(stage.text).toContain(`/app/apps/${name} apps/${name}`);
      expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(SETTINGS[name].parse({ env }).graceSeconds + 5);
    }
  });

  it('has files, volumes and secrets behind all that it mounts', async () => {
    for (const [name, service] of Object.entries(services)) {
      for (const mount of service.volumes ?? []) {
        const [source, target] = mount.split(':');
        if (target === undefined) continue;
        if (source.startsWith('.'))
          await access(join(root, 'deploy', 'compose', source)).catch(() => expect.fail(`${name}: ${source}`)); // prettier-ignore
        else expect(Object.keys(volumes), name).toContain(source);
      }
      for (const one of service.secrets ?? []) expect(Object.keys(named), name).toContain(one.source ?? one);
    }
    const made = await readdir(secrets);
    for (const { file } of Object.values(named)) expect(made).toContain(file.replace('secrets/', ''));
  });

  it('is reached from this machine only, and its containers can change nothing', () => {
    const ports = Object.values(services).flatMap(({ ports: own = [] }) => own);
    expect(ports).not.toEqual([]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.image).toMatch(/:[\w.-]+$/);
    }
  });

  it('joins the parts by the names and ports that they have', async () => {
    expect(services.nats.image).toBe(`nats:${NATS_SERVER.version}-alpine`);
    const collector = await read('observability/collector.yaml');
    const at = new URL(services.gateway.environment.OTEL_EXPORTER_OTLP_ENDPOINT);
    expect(services[at.hostname]).toBe(services.collector);
    expect(collector.receivers.otlp.protocols.http.endpoint).toBe(`0.0.0.0:${at.port}`);
    const text = await readFile(join(root, 'deploy', 'observability', 'collector.yaml'), 'utf8');
    for (const [, host] of text.matchAll(/:-(?:http:\/\/)?(\w+):\d+/g)) expect(Object.keys(services)).toContain(host);
    const scraped = (await read('observability/prometheus.yaml')).scrape_configs.flatMap((one) =>
      one.static_configs.flatMap(({ targets }) => targets),
    );
    for (const target of scraped) expect([...Object.keys(services), 'localhost']).toContain(target.split(':')[0]);
    const sources = await readFile(
      join(root, 'deploy/observability/grafana/provisioning/datasources/datasources.yaml'),
      'utf8',
    );
    for (const [, variable] of sources.matchAll(/\$\{(\w+)\}/g)) {
      expect(Object.keys(services)).toContain(new URL(services.grafana.environment[variable]).hostname);
    }
  });
});
