import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isPicturePath, isVideoPath, MediaError, type VideoCodec } from '@kinemacolor/media';
import { UsageError } from './usage-error.js';

/** One thing to colour. `-` stands for standard input or output. */
export interface WorkItem {
  readonly kind: 'film' | 'picture';
  readonly input: string;
  readonly output: string;
  /** Where a side-by-side goes, too. */
  readonly compare: string | undefined;
}

export interface WorkRequest {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly compare: string | undefined;
  readonly codec: VideoCodec;
}

/** Containers that a coloured film keeps whatever the codec; others become what the codec is used to. */
const KEPT = new Set(['.mkv']);
const KEPT_BY: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['.mp4', '.m4v', '.mov', '.ts'],
  hevc: ['.mp4', '.m4v', '.mov', '.ts'],
  av1: ['.mp4', '.m4v', '.webm'],
  ffv1: [],
  prores: ['.mov'],
};
/** What a film is put in when its own container does not hold the codec. */
const USUAL: Readonly<Record<VideoCodec, string>> = {
  h264: '.mp4',
  hevc: '.mp4',
  av1: '.mp4',
  ffv1: '.mkv',
  prores: '.mov',
};

/**
 * What to colour and where each result goes. A file goes to the file that `-o` names, or into it when it is a folder;
 * several files, or a folder, go into a folder under their own names.
 * @throws UsageError, MediaError `NOT_FOUND`
 */
export async function workList({ inputs, output, compare, codec }: WorkRequest): Promise<WorkItem[]> {
  const [only] = inputs;
  if (only === undefined) throw new UsageError('Nothing to colour: name a film, a picture, a folder or -.');
  if (inputs.includes('-') && inputs.length > 1) throw new UsageError('Standard input (-) cannot be mixed with files.');
  if (only === '-') {
    refuseForStream(compare);
    return [{ kind: 'film', input: '-', output, compare: undefined }];
  }

  const files: string[] = [];
  let intoFolder = inputs.length > 1 || output.endsWith(path.sep) || (await isFolder(output));
  for (const input of inputs) {
    if (await isFolder(input)) {
      intoFolder = true;
      files.push(...(await filesIn(input)));
    } else {
      files.push(input);
    }
  }
  if (output === '-') {
    if (intoFolder) throw new UsageError('Only one film can go to standard output (-o -).');
    if (isPicturePath(only)) throw new UsageError('A picture cannot go to standard output: give it a name with -o.');
    refuseForStream(compare);
    return [{ kind: 'film', input: only, output, compare: undefined }];
  }
  if (intoFolder && (await isFile(output))) {
    throw new UsageError(`${output} is a file: several results need a folder (-o FOLDER).`);
  }
  return files.map((input) => {
    const kind = isPicturePath(input) ? 'picture' : 'film';
    if (!intoFolder) return { kind, input, output, compare };
    const name = resultName(input, kind, codec);
    return {
      kind,
      input,
      output: path.join(output, name),
      compare: compare === undefined ? undefined : path.join(compare, comparisonName(name, kind)),
    };
  });
}

function resultName(input: string, kind: WorkItem['kind'], codec: VideoCodec): string {
  const { name, ext } = path.parse(input);
  if (kind === 'picture') return name + ext;
  const kept = KEPT.has(ext.toLowerCase()) || KEPT_BY[codec].includes(ext.toLowerCase());
  return name + (kept ? ext : USUAL[codec]);
}

/** Side-by-sides of films are H.264, which not every container of a result holds. */
function comparisonName(name: string, kind: WorkItem['kind']): string {
  return kind === 'picture' ? name : `${path.parse(name).name}.mp4`;
}

function refuseForStream(compare: string | undefined): void {
  if (compare !== undefined) throw new UsageError('--compare needs a film file and a result file, not - (a stream).');
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw MediaError.from(error, folder);
  });
  const found = names.filter((name) => isPicturePath(name) || isVideoPath(name)).sort();
  if (found.length === 0) throw new UsageError(`${folder} holds no picture and no film.`, 3);
  return found.map((name) => path.join(folder, name));
}

const isFolder = async (file: string): Promise<boolean> => (await kindOf(file))?.isDirectory() ?? false;
const isFile = async (file: string): Promise<boolean> => (await kindOf(file))?.isFile() ?? false;

async function kindOf(file: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  // What cannot be looked at is met, with its reason, when it is read.
  return stat(file).catch(() => undefined);
}
