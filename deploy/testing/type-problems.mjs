import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import { KEDA_TYPES } from './keda-types.mjs';

const typeOf = (from, name) => `import('${from}').${name}`;

/** The types of the kinds that stand here: Kubernetes' own, and KEDA's. */
const KINDS = {
  'apps/v1 Deployment': typeOf('kubernetes-types/apps/v1', 'Deployment'),
  'apps/v1 StatefulSet': typeOf('kubernetes-types/apps/v1', 'StatefulSet'),
  'batch/v1 Job': typeOf('kubernetes-types/batch/v1', 'Job'),
  'keda.sh/v1alpha1 ScaledObject': 'ScaledObject',
  'networking.k8s.io/v1 NetworkPolicy': typeOf('kubernetes-types/networking/v1', 'NetworkPolicy'),
  'policy/v1 PodDisruptionBudget': typeOf('kubernetes-types/policy/v1', 'PodDisruptionBudget'),
  'v1 ConfigMap': typeOf('kubernetes-types/core/v1', 'ConfigMap'),
  'v1 Namespace': typeOf('kubernetes-types/core/v1', 'Namespace'),
  'v1 PersistentVolumeClaim': typeOf('kubernetes-types/core/v1', 'PersistentVolumeClaim'),
  'v1 Pod': typeOf('kubernetes-types/core/v1', 'Pod'),
  'v1 Service': typeOf('kubernetes-types/core/v1', 'Service'),
};

/** So that the compiler finds the packages as Node would. */
const FOLDER = dirname(fileURLToPath(import.meta.url));

/**
 * What the compiler says of manifests taken as literals of their kinds, as Kubernetes' own schema declares them: names
 * of fields that do not exist, values of a wrong type, fields that are missing. It knows no patterns (quantities, names).
 *
 * @param {readonly { apiVersion: string, kind: string }[]} manifests
 * @returns {string[]} a line for each problem
 */
export function typeProblems(manifests) {
  const lines = manifests.map((manifest, i) => {
    const type = KINDS[`${manifest.apiVersion} ${manifest.kind}`];
    if (type === undefined) throw new Error(`No type is known for ${manifest.apiVersion} ${manifest.kind}.`);
    return `export const manifest${i}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const file = join(FOLDER, 'manifests.ts');
  const options = {
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: true,
    lib: ['lib.es5.d.ts'],
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    module: ts.ModuleKind.ESNext,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, [KEDA_TYPES, ...lines].join('\n'), ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
