import { existsSync } from 'node:fs';
import path from 'node:path';

/** The top of the checkout. This file lies in `tools/bench/src` or, built, in `tools/bench/dist`. */
export const ROOT = path.resolve(import.meta.dirname, '../../..');

export const PEERS = path.join(ROOT, 'tools/bench/peers');

/** What the bench makes for itself and may be deleted: clips, models, films. */
export const WORK = path.join(ROOT, 'out/bench/work');

/** The built file of a process of this bench, such as `generator/engine-process`. */
export const builtFile = (name: string): string => path.join(ROOT, 'tools/bench/dist', `${name}.js`);

/** A real clip that lies beside the checkout on some machines; undefined where it does not. */
export function realClip(name: string): string | undefined {
  const file = path.resolve(ROOT, '../shared/clips', name);
  return existsSync(file) ? file : undefined;
}
