import { readFile } from 'node:fs/promises';

/** The container file of the services. */
export const dockerfile = await readFile(new URL('../services/Dockerfile', import.meta.url), 'utf8');

/**
 * What a stage of it sets.
 *
 * @param {string} stage
 * @returns {{ text: string, env: Record<string, string>, args: Record<string, string> }}
 */
export function stageOf(stage) {
  const start = dockerfile.indexOf(` AS ${stage}\n`);
  if (start < 0) throw new Error(`There is no stage ${stage}.`);
  const text = dockerfile.slice(start, dockerfile.indexOf('\nFROM ', start) + 1 || undefined);
  const args = Object.fromEntries([...text.matchAll(/^ARG (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
  const [, lines = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(text) ?? [];
  const env = Object.fromEntries(
    [...lines.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
      name,
      value.replaceAll(/\$\{(\w+)\}/g, (_, arg) => args[arg] ?? ''),
    ]),
  );
  return { text, env, args };
}

/** The stage that makes an image, by the name of the image. */
export const stageOfImage = (image) => image.replace(/:.*$/, '').replace(/^kinemacolor-/, '');
