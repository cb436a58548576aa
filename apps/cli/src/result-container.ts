import path from 'node:path';
import type { ColorizeOptions } from '@kinemacolor/client';
import { UsageError } from './usage-error.js';

type Container = NonNullable<ColorizeOptions['container']>;

const CONTAINERS: Readonly<Record<string, Container>> = {
  '.mkv': 'matroska',
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.ts': 'mpegts',
};

/** Names that a result may end with. */
export const RESULT_NAMES: readonly string[] = ['.mkv', '.mp4', '.ts'];

/** What a service writes, by the name of the result; - and no name at all are Matroska. @throws UsageError */
export function resultContainer(output: string | undefined): Container {
  if (output === undefined || output === '-') return 'matroska';
  const container = CONTAINERS[path.extname(output).toLowerCase()];
  if (container !== undefined) return container;
  throw new UsageError(`${output}: a service writes ${Object.keys(CONTAINERS).join(', ')}.`);
}
