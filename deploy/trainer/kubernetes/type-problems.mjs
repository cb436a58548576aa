import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/** Where `kubernetes-types` declares the kinds that stand here. */
const KINDS = {
  'batch/v1 Job': ['kubernetes-types/batch/v1', 'Job'],
  'v1 Pod': ['kubernetes-types/core/v1', 'Pod'],
  'v1 PersistentVolumeClaim': ['kubernetes-types/core/v1', 'PersistentVolumeClaim'],
};

/** Beside the manifests, so that the compiler finds the package as Node would. */
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
    const [from, type] = KINDS[`${manifest.apiVersion} ${manifest.kind}`] ?? [];
    if (from === undefined) throw new Error(`No type is known for ${manifest.apiVersion} ${manifest.kind}.`);
    return `export const manifest${i}: import('${from}').${type} = ${JSON.stringify(manifest)};`;
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
    name === file ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
