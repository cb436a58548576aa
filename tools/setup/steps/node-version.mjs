import { SetupError } from '../failure.mjs';
import { compareVersions, NODE, parseVersion } from '../versions.mjs';

const dotted = (version) => version.join('.');
const RANGE = `${dotted(NODE.atLeast)} or newer, below ${dotted(NODE.below)}`;

/** @param {string} version @returns {boolean} */
export function isSupportedNode(version) {
  const parsed = parseVersion(version);
  if (parsed === undefined) return false;
  return compareVersions(parsed, NODE.atLeast) >= 0 && compareVersions(parsed, NODE.below) < 0;
}

export const nodeVersion = {
  name: 'Node.js',
  cure: `Install Node.js ${RANGE} (22 is best), for instance with nvm: nvm install 22`,
  async check() {
    return { ok: isSupportedNode(process.versions.node), detail: process.versions.node };
  },
  async provide() {
    throw new SetupError(
      `This is Node.js ${process.versions.node}; the engine's addon needs ${RANGE}.`,
      nodeVersion.cure,
    );
  },
};
