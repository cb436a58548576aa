/**
 * Looks at what is there and what is not, and changes nothing. `kinemacolor doctor` prints it.
 *
 *     node tools/setup/inspect.mjs [--json]
 */
import { cacheFolder, ROOT } from './paths.mjs';
import { inspectEngine } from './inspect/engine.mjs';
import { inspectFfmpeg } from './inspect/ffmpeg.mjs';
import {
  inspectCache,
  inspectGrpcurl,
  inspectNatsServer,
  inspectNode,
  inspectPackages,
  inspectWeights,
} from './inspect/parts.mjs';

/**
 * @typedef {object} Item
 * @property {string} name
 * @property {'ok' | 'missing' | 'optional'} status optional: not there, and not needed for most uses
 * @property {string} detail one line for people
 * @property {string} [cure] what to do; always there when the status is `missing`
 * @property {Record<string, unknown>} [facts] the same for programs
 *
 * @typedef {object} Report
 * @property {boolean} ok whether nothing is missing
 * @property {Item[]} items
 */

/**
 * @param {{ root?: string, cache?: string, env?: NodeJS.ProcessEnv }} [where]
 * @returns {Promise<Report>}
 */
export async function inspect(where = {}) {
  const env = where.env ?? process.env;
  const at = { root: where.root ?? ROOT, cache: where.cache ?? cacheFolder(env), env };
  const looks = [
    inspectNode(),
    inspectPackages(at),
    inspectEngine(at),
    inspectFfmpeg('ffmpeg', at),
    inspectFfmpeg('ffprobe', at),
    inspectWeights(at),
    inspectNatsServer(at),
    inspectGrpcurl(at),
    inspectCache(at),
  ];
  const items = (await Promise.all(looks)).flat();
  return { ok: items.every(({ status }) => status !== 'missing'), items };
}

const MARKS = { ok: '✓', missing: '✗', optional: '○' };

/** @param {Report} report @returns {string} for a terminal */
export function formatReport(report) {
  const lines = [];
  for (const { name, status, detail, cure } of report.items) {
    lines.push(`${MARKS[status]} ${name.padEnd(14)} ${detail}`);
    if (status !== 'ok' && cure !== undefined) lines.push(`  → ${cure}`);
  }
  lines.push(report.ok ? 'Nothing is missing.' : 'Something is missing: `npm run setup` provides it.');
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const report = await inspect();
  process.stdout.write(
    process.argv.includes('--json') ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report),
  );
  process.exitCode = report.ok ? 0 : 1;
}
