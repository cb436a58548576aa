import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { COLORIZERS } from '@kinemacolor/jobs';
import { streamOf } from '@kinemacolor/streaming';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { NATS_SERVER } from '../../tools/setup/versions.mjs';
import { environmentProblems, SETTINGS } from '../testing/environment-problems.mjs';
import { stageOf, stageOfImage } from '../testing/image.mjs';
import { kubernetesValidate, kustomize, runCommand } from '../testing/linters.mjs';
import { isAddress, mayReach, podOf, referenceProblems, workloads } from '../testing/reference-problems.mjs';
import { typeProblems } from '../testing/type-problems.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (text) =>
  parseAllDocuments(text, { strict: true, uniqueKeys: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
const render = async (overlay) => (await runCommand(kustomize, at(`overlays/${overlay}`))).stdout;
/** Those that the commands of the README make. */
const SECRETS = [
  ...(await readFile(at('../README.md'), 'utf8')).matchAll(/create secret (?:generic|tls) ([\w-]+)/g),
].map(([, name]) => name);
const envOf = ({ env = [], envFrom = [] }, objects) => ({
  ...Object.assign({}, ...envFrom.map(({ configMapRef }) => objects.find(({ metadata }) => metadata.name === configMapRef?.name)?.data)), // prettier-ignore
  ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
});

describe.skipIf(kustomize === undefined).each(['cpu', 'gpu'])('Kubernetes on %s', (overlay) => {
  let text, objects, folder;
  beforeAll(async () => {
    text = await render(overlay);
    objects = read(text);
    folder = await mkdtemp(join(tmpdir(), 'kinemacolor-manifests-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const named = (kind, name) => objects.find((one) => one.kind === kind && one.metadata.name === name);
  const services = () => Object.keys(SETTINGS).map((name) => named('Deployment', name));
  const container = (object) => podOf(object).spec.containers[0];
  const spoilt = (change) => {
    const copy = structuredClone(objects);
    change((kind, name) => copy.find((one) => one.kind === kind && one.metadata.name === name));
    return copy;
  };

  it('has the fields and types of the Kubernetes API and of KEDA', () => {
    expect(typeProblems(objects)).toEqual([]);
    const mistakes = [
      ['StatefulSet', 'nats', (one) => (one.spec.replica = 3), 'replica'],
      ['Deployment', 'gateway', (one) => (one.spec.replicas = 'two'), "'string' is not assignable to type 'number'"],
      ['ScaledObject', 'colorizer', (one) => (one.spec.minReplicas = 1), 'minReplicas'],
      ['ScaledObject', 'colorizer', (one) => (one.spec.triggers[0].metadata.lagThreshold = 3), "'number' is not"],
      ['NetworkPolicy', 'nats', (one) => delete one.spec.podSelector, 'podSelector'],
    ];
    for (const [kind, name, change, words] of mistakes) {
      expect(typeProblems(spoilt((find) => change(find(kind, name)))).join()).toContain(words);
    }
  });

  it.skipIf(kubernetesValidate === undefined)('passes the schemas of Kubernetes', async () => {
    const validate = async (yaml) => {
      const file = join(folder, 'all.yaml');
      await writeFile(file, yaml);
      return runCommand(kubernetesValidate, '--strict', '--quiet', '-k', '1.31', file);
    };
    await validate(text);
    await expect(validate(text.replace('drop:', 'drops:'))).rejects.toMatchObject({ code: expect.any(Number) });
  });

  it('names nothing that is not there', () => {
    expect(referenceProblems(objects, SECRETS)).toEqual([]);
    const mistakes = [
      ['Deployment', 'gateway', (one) => (container(one).envFrom[0].configMapRef.name = 'x'), 'no config map x'],
      [
        'Deployment',
        'encoder',
        (one) => (container(one).envFrom[1].secretRef.name = 'x'),
        'nothing makes the secret x',
      ],
      ['Deployment', 'decoder', (one) => (container(one).volumeMounts[0].name = 'x'), 'no volume x'],
      ['Deployment', 'decoder', (one) => (container(one).livenessProbe.httpGet.port = 'x'), 'asks port x'],
      ['StatefulSet', 'nats', (one) => (one.spec.serviceName = 'x'), 'its service is not there'],
      ['Service', 'gateway', (one) => (one.spec.ports[0].targetPort = 'x'), 'has no port x'],
      ['Service', 'gateway', (one) => (one.spec.selector = { x: 'y' }), '0 workloads have its labels'],
      ['PodDisruptionBudget', 'nats', (one) => (one.spec.selector.matchLabels = { x: 'y' }), '0 workloads'],
      ['ScaledObject', 'colorizer', (one) => (one.spec.scaleTargetRef.name = 'x'), 'cannot scale x'],
      ['Deployment', 'colorizer', (one) => (one.spec.replicas = 1), 'cannot scale colorizer'],
      ['ScaledObject', 'colorizer', (one) => (one.spec.triggers[0].metadata.natsServerMonitoringEndpoint = 'nats:1'), 'nothing is at nats:1'], // prettier-ignore
      ['NetworkPolicy', 'gateway', (one) => (one.spec.podSelector.matchLabels = { x: 'y' }), 'no pod has its labels'],
      ['NetworkPolicy', 'services', (one) => (one.spec.egress[0].ports[0].port = 4223), 'nobody to go to at 4223'],
    ];
    for (const [kind, name, change, words] of mistakes) {
      expect(
        referenceProblems(
          spoilt((find) => change(find(kind, name))),
          SECRETS,
        ).join(),
      ).toContain(words);
    }
  });

  it('tells services only what they read, and what they take', async () => {
    for (const service of services()) {
      const { name } = service.metadata;
      const { image, args } = container(service);
      const stage = stageOf(stageOfImage(image));
      const env = { ...stage.env, ...envOf(container(service), objects) };
      if (name !== 'gateway') delete env.KINEMACOLOR_LISTEN;
      expect(environmentProblems(name, env)).toEqual([]);
      expect(environmentProblems(name, { ...env, KINEMACOLOR_REPLICA: '3' })).toHaveLength(1);
      expect(environmentProblems(name, { ...env, KINEMACOLOR_REPLICAS: 'three' })).toHaveLength(1);
      expect(env.KINEMACOLOR_REPLICAS).toBe(String(named('StatefulSet', 'nats').spec.replicas));
      // What is run is in the image, and listens where the others look for it.
      expect(args).toEqual([`/app/apps/${name}/dist/main.js`]);
      expect(stage.text).toContain(`/app/apps/${name} apps/${name}`);
      await access(at(`../../apps/${name}/src/main.ts`));
      const port = (wanted) => container(service).ports.find((one) => one.name === wanted)?.containerPort;
      expect(env.KINEMACOLOR_HEALTH).toBe(`0.0.0.0:${port('health')}`);
      if (name === 'gateway') expect(env.KINEMACOLOR_LISTEN).toBe(`0.0.0.0:${port('grpc')}`);
      const telemetry = new URL(env.OTEL_EXPORTER_OTLP_ENDPOINT).host;
      expect(
        isAddress(
          objects.filter(({ kind }) => kind === 'Service'),
          telemetry,
        ),
      ).toBe(true);
    }
  });

  it('gives each service the time that it takes to stop', () => {
    for (const service of services()) {
      const { graceSeconds } = SETTINGS[service.metadata.name].parse({ env: envOf(container(service), objects) });
      const waits = Number(container(service).lifecycle?.preStop.exec.command[1] ?? 0);
      expect(podOf(service).spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(waits + graceSeconds + 5);
    }
  });

  it('runs nobody in particular, in file systems that cannot be changed, by pinned images', () => {
    for (const object of workloads(objects)) {
      const { securityContext, automountServiceAccountToken, containers } = podOf(object).spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(securityContext.runAsUser).toBeGreaterThan(0);
      expect(automountServiceAccountToken).toBe(false);
      for (const one of containers) {
        expect(one.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(one.resources).toMatchObject({
          requests: { cpu: expect.anything() },
          limits: { memory: expect.anything() },
        });
        expect(one.readinessProbe && one.livenessProbe).toBeTruthy();
        expect(one.image).toMatch(/:[\w.-]+$/);
      }
    }
  });

  it('scales colorizers by the queue that they take from', () => {
    const [{ metadata }] = named('ScaledObject', 'colorizer').spec.triggers;
    expect(metadata.stream).toBe(streamOf('luma'));
    expect(metadata.consumer).toBe(COLORIZERS);
  });

  it('lets each speak to whom it must, and to nobody else', () => {
    const pod = (name) => ({
      labels: podOf(workloads(objects).find((one) => one.metadata.name === name)).metadata.labels,
    });
    const other = (namespace) => ({ namespace });
    const reach = (from, to, port) => mayReach(objects, from, to, port);
    for (const name of Object.keys(SETTINGS)) {
      expect(reach(pod(name), pod('nats'), 4222), name).toBe(true);
      expect(reach(pod(name), pod('collector'), 4318), name).toBe(true);
      expect(reach(pod(name), other('kube-system'), 53), name).toBe(true);
      expect(reach(pod(name), pod('nats'), 8222), name).toBe(false);
      expect(reach(pod(name), pod('nats'), 6222), name).toBe(false);
      expect(reach(pod(name), other('observability'), 9090), name).toBe(false);
      expect(reach(pod(name), pod('gateway'), 50051), name).toBe(false);
      expect(reach(other('anywhere'), pod(name), 50051), name).toBe(name === 'gateway');
      expect(reach(other('anywhere'), pod(name), 8080), name).toBe(false);
    }
    expect(reach(pod('nats'), pod('nats'), 6222)).toBe(true);
    expect(reach(other('keda'), pod('nats'), 8222)).toBe(true);
    expect(reach(other('keda'), pod('nats'), 4222)).toBe(false);
    expect(reach(other('anywhere'), pod('nats'), 4222)).toBe(false);
    for (const port of [4317, 9090]) expect(reach(pod('collector'), other('observability'), port)).toBe(true);
    expect(reach(other('observability'), pod('collector'), 8888)).toBe(true);
    expect(reach(pod('collector'), pod('nats'), 4222)).toBe(false);
    // Without the policy that refuses all, a pod that none is about would get everywhere.
    const open = objects.filter(({ metadata }) => metadata.name !== 'nobody');
    expect(mayReach(open, other('anywhere'), pod('decoder'), 8080)).toBe(true);
  });

  it('asks for GPUs on the overlay for them only', () => {
    const { spec } = podOf(named('Deployment', 'colorizer'));
    const [{ image, resources }] = spec.containers;
    expect(image).toMatch(new RegExp(`:${overlay}$`));
    expect(resources.limits['nvidia.com/gpu']).toBe(overlay === 'gpu' ? '1' : undefined);
    expect(spec.tolerations?.[0].key).toBe(overlay === 'gpu' ? 'nvidia.com/gpu' : undefined);
    expect(text.match(/nvidia\.com\/gpu: /g) ?? []).toHaveLength(overlay === 'gpu' ? 1 : 0);
  });

  it('runs the NATS that is tested, on as many nodes as it has servers, with room for what it may keep', () => {
    const nats = named('StatefulSet', 'nats');
    expect(container(nats).image).toBe(`nats:${NATS_SERVER.version}-alpine`);
    expect(podOf(nats).spec.topologySpreadConstraints[0]).toMatchObject({
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
    });
    const config = objects.find(({ metadata }) => /^kinemacolor-nats-/.test(metadata.name)).data['nats.conf'];
    const gib = (unit, of) => Number(new RegExp(`${unit}: (\\d+)(GB|Gi)`).exec(of)?.[1]);
    const claim = nats.spec.volumeClaimTemplates[0].spec.resources.requests.storage;
    expect(Number.parseInt(claim, 10)).toBeGreaterThan(gib('max_file_store', config));
  });
});
