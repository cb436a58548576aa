import { join } from 'node:path';

import { installModule } from '../go.mjs';
import { findCommand } from '../system.mjs';
import { KUSTOMIZE } from '../versions.mjs';
import { goPrograms } from './go-programs.mjs';

const built = goPrograms({
  name: 'kustomize (for tests)',
  cure: 'Tests of deploy/kubernetes skip without it; install Go, or kubectl, to have them run.',
  what: `kustomize ${KUSTOMIZE.version}`,
  programs: Object.keys(KUSTOMIZE.programs),
  key: () => Promise.resolve(join('kustomize', KUSTOMIZE.version)),
  build: (go, into) => installModule(go, KUSTOMIZE, { into, cure: built.cure }),
});

/** What tests render the manifests of Kubernetes with; kubectl has it inside. */
export const kustomize = {
  ...built,

  async check(context) {
    const kubectl = await findCommand('kubectl');
    return kubectl === undefined ? built.check(context) : { ok: true, detail: kubectl };
  },
};
