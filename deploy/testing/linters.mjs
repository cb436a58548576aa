import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheFolder } from '@kinemacolor/config';

import { findCommand } from '../../tools/setup/system.mjs';

/*
 * Programs that tests of this folder run, as the words of their commands. The set-up brings them (`deploy-venv`, `kustomize`);
 * undefined where they could not be had: then the tests skip, and say so by name. A venv that was moved has no scripts that run.
 */
const VENV = join(cacheFolder(), 'deploy-venv');

/** Docker's own `compose`, without Docker. */
export const compose = await ifThere(join(VENV, 'lib', 'python3.11', 'site-packages', 'compose', 'docker-compose'));
export const hadolint = await ifThere(join(VENV, 'bin', 'hadolint'));
/** The schemas of Kubernetes. */
export const kubernetesValidate = await ifThere(join(VENV, 'bin', 'python'), '-m', 'kubernetes_validate');
export const kustomize = await findKustomize();

const run = promisify(execFile);

/**
 * @param {readonly string[]} command
 * @returns {Promise<{ stdout: string, stderr: string }>} @throws Error with both and `code` when it fails
 */
export const runCommand = ([program, ...first], ...args) => run(program, [...first, ...args], { maxBuffer: 2 ** 24 });

async function findKustomize() {
  const kubectl = await findCommand('kubectl');
  if (kubectl !== undefined) return [kubectl, 'kustomize'];
  const onPath = await findCommand('kustomize');
  return onPath === undefined ? ifThere(join(cacheFolder(), 'bin', 'kustomize'), 'build') : [onPath, 'build'];
}

async function ifThere(program, ...args) {
  try {
    await access(program);
    return [program, ...args];
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
