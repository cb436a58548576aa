import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { readConfig } from '@kinemacolor/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { typeProblems } from '../../testing/type-problems.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @returns {Promise<object[]>} what a YAML file holds; it must be free of duplicate keys and the like */
async function read(name) {
  return parseAllDocuments(await readFile(at(name), 'utf8'), { strict: true, uniqueKeys: true }).map((document) => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS();
  });
}

let job, volumes, files, kustomization;
beforeAll(async () => {
  [[job], volumes, [files], [kustomization]] = await Promise.all(
    ['job.yaml', 'volumes.yaml', 'files.yaml', 'kustomization.yaml'].map(read),
  );
});

describe('the manifests', () => {
  it('have the fields and types of the Kubernetes API', () => {
    expect(typeProblems([job, files, ...volumes])).toEqual([]);
  });

  it('would be refused with a field that does not exist, a wrong type, or one missing', () => {
    const mistakes = [
      [(pod) => (pod.terminationGracePeriod = 300), 'terminationGracePeriod"'],
      [(pod) => (pod.containers[0].securityContext.privilege = true), 'privilege"'],
      [(pod) => (pod.securityContext.runAsUser = 'node'), "'string' is not assignable to type 'number'"],
      [(pod) => delete pod.containers[0].name, "'name' is missing"],
      [(_, spec) => delete spec.podFailurePolicy.rules[0].action, "'action' is missing"],
    ];
    const spoilt = mistakes.map(([change]) => {
      const copy = structuredClone(job);
      change(copy.spec.template.spec, copy.spec);
      return copy;
    });
    const problems = typeProblems(spoilt);
    expect(problems).toHaveLength(mistakes.length);
    for (const [i, [, message]] of mistakes.entries()) expect(problems[i]).toContain(message);
  });

  it('are all used, and the config is one that the trainer takes', async () => {
    const there = (await readdir(at('.'))).filter((name) => /\.(yaml|json)$/.test(name));
    const { resources, configMapGenerator } = kustomization;
    const named = [...resources, ...configMapGenerator.flatMap((one) => one.files)];
    expect([...named, 'kustomization.yaml', 'files.yaml'].sort()).toEqual(there.sort());
    const config = await readConfig({ file: at('training.json') });
    const mounts = job.spec.template.spec.containers[0].volumeMounts;
    const isMounted = (path, writable) =>
      mounts.some((one) => path.startsWith(`${one.mountPath}/`) && (!writable || one.readOnly !== true));
    expect(isMounted(config.run, true)).toBe(true);
    for (const path of [config.data.color[0].folder, config.features.path, config.validation.color]) {
      expect(isMounted(path, false)).toBe(true);
    }
  });

  it.each(['job', 'files'])(
    '%s: a pod that runs as nobody in particular, in a file system it cannot change',
    (which) => {
      const pod = which === 'job' ? job.spec.template.spec : files.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
      expect(pod.automountServiceAccountToken).toBe(false);
      for (const { securityContext, resources, volumeMounts } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources.limits.memory).toBeDefined();
        const declared = pod.volumes.map(({ name }) => name).sort();
        expect(volumeMounts.map(({ name }) => name).sort()).toEqual(declared);
      }
      const claims = pod.volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
      expect(claims).toEqual(volumes.map(({ metadata }) => metadata.name));
    },
  );
});

describe('the Job', () => {
  it('asks for one GPU, and trains on it by the config of the ConfigMap', () => {
    const { containers, volumes: mounted } = job.spec.template.spec;
    const [{ resources, env, args, volumeMounts, command }] = containers;
    expect(resources.limits['nvidia.com/gpu']).toBe('1');
    expect(env).toContainEqual({ name: 'KINEMACOLOR_DEVICE', value: 'gpu' });
    // The image's own entry point makes the exit code that the policy below knows.
    expect(command).toBeUndefined();
    const { mountPath } = volumeMounts.find(({ name }) => name === 'config');
    expect(args).toEqual([`${mountPath}/${kustomization.configMapGenerator[0].files[0]}`]);
    expect(mounted.find(({ name }) => name === 'config').configMap.name).toBe(kustomization.configMapGenerator[0].name);
    expect(kustomization.images[0].name).toBe(containers[0].image.split(':')[0]);
  });

  it('goes on with a new pod when one was stopped, and gives up what cannot be cured', () => {
    const { spec } = job;
    // What the API server demands of a policy of failures, which the types do not know.
    expect(spec.template.spec.restartPolicy).toBe('Never');
    const names = spec.template.spec.containers.map(({ name }) => name);
    for (const { onExitCodes } of spec.podFailurePolicy.rules) {
      if (onExitCodes !== undefined) expect(names).toContain(onExitCodes.containerName);
    }
    expect(spec.podReplacementPolicy).toBe('Failed');
    expect(actionOf(spec, { exitCode: 143 })).toBe('Ignore');
    expect(actionOf(spec, { exitCode: 137, disrupted: true })).toBe('Ignore');
    expect(actionOf(spec, { exitCode: 1, disrupted: true })).toBe('Ignore');
    expect(actionOf(spec, { exitCode: 2 })).toBe('FailJob');
    // Counted against the limit of tries: errors, and memory that ran out.
    for (const exitCode of [1, 3, 137]) expect(actionOf(spec, { exitCode })).toBe('Count');
    expect(spec.backoffLimit).toBeGreaterThan(0);
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(120);
  });
});

/** What the policy does with a pod that failed: the first rule that fits, as Kubernetes documents it. */
function actionOf({ podFailurePolicy }, { exitCode, disrupted = false }) {
  const fitting = podFailurePolicy.rules.find(({ onExitCodes, onPodConditions }) =>
    onExitCodes !== undefined
      ? onExitCodes.operator === 'In' && onExitCodes.values.includes(exitCode)
      : disrupted && onPodConditions.some(({ type, status }) => type === 'DisruptionTarget' && status === 'True'),
  );
  return fitting?.action ?? 'Count';
}
