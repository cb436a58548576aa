/**
 * Writes Nx's project graph down afresh. The boundary rule of the lint reads it from there, and where there is none (a
 * fresh clone) it only warns and lets every import pass; so `npm run lint` runs this first.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { SetupError } from './failure.mjs';
import { ROOT } from './paths.mjs';

/**
 * @param {string} [root]
 * @returns {Promise<number>} how many projects it holds
 */
export async function writeProjectGraph(root = ROOT) {
  // No background process stays behind, and the graph is made here and now.
  process.env.NX_DAEMON = 'false';
  const { createProjectGraphAsync } = createRequire(join(root, 'package.json'))('@nx/devkit');
  const { nodes } = await createProjectGraphAsync({ exitOnError: false });
  return Object.keys(nodes).length;
}

if (process.argv[1] === import.meta.filename) {
  try {
    await writeProjectGraph();
    // Nx leaves its plugin workers running for a while.
    process.exit(0);
  } catch (error) {
    const { message } = SetupError.from(error);
    process.stderr.write(`Nx could not read the projects: ${message}\n  → \`npx nx show projects\` tells more.\n`);
    process.exit(1);
  }
}
