import path from 'node:path';
import { MediaError, type TargetContainer } from '@kinemacolor/media';

const CONTAINERS: Readonly<Record<string, TargetContainer>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.mkv': 'matroska',
  '.webm': 'webm',
  '.avi': 'avi',
  '.ts': 'mpegts',
};

/** The container that a film's name asks for. @throws MediaError `INVALID_ARGUMENT` for any other extension */
export function targetContainer(output: string): TargetContainer {
  const extension = path.extname(output).toLowerCase();
  const container = CONTAINERS[extension];
  if (container !== undefined) return container;
  const known = Object.keys(CONTAINERS).join(', ');
  throw new MediaError('INVALID_ARGUMENT', `${output}: films are written as ${known}, not "${extension}".`, {
    path: output,
  });
}
