import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** Where a run is. `step` counts from the run's beginning; the rest says which batch comes next. */
const position = z.object({
  step: z.int().nonnegative(),
  stage: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  batch: z.int().nonnegative(),
});
export type Position = z.output<typeof position>;

const common = {
  position,
  bestScore: z.number().nullable(),
  sha256: z.string(),
  tensors: z.array(z.object({ group: z.string(), shape: z.array(z.int()), offset: z.int(), length: z.int() })),
};

const manifestSchema = z.discriminatedUnion('format', [
  z.object({ format: z.literal(2), basis: z.json(), ...common }),
  // Of runs that began before the basis was written down: its hash alone.
  z.object({ format: z.literal(1), configSha256: z.string(), ...common }),
]);
type Manifest = z.output<typeof manifestSchema>;

/** What JSON holds. */
export type Json = z.output<ReturnType<typeof z.json>>;

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Groups of float32 tensors by name, in a fixed order. */
export type TensorGroups = Readonly<Record<string, readonly StoredTensor[]>>;

export interface CheckpointState {
  /** What the numbers depend on, as the run tells it; of a checkpoint of format 1 a hash. */
  readonly basis: Json;
  readonly position: Position;
  /** Best score so far; null before the first validation. */
  readonly bestScore: number | null;
}

export interface Checkpoint extends CheckpointState {
  readonly groups: TensorGroups;
}

const NAME = /^step-(\d+)$/;
const STATE = 'state.json';
const TENSORS = 'tensors.bin';

/**
 * The checkpoints of a run, each a folder `step-N` with `state.json` and `tensors.bin`. One is written beside and
 * renamed when it is on the disk, so that a name always means a whole one, unless the disk damages it later.
 */
export class CheckpointStore {
  /** @param keep newest checkpoints that stay */
  constructor(
    private readonly folder: string,
    private readonly keep: number,
  ) {}

  async save(state: CheckpointState, groups: TensorGroups): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const chunks: Buffer[] = [];
    const tensors: Manifest['tensors'] = [];
    let offset = 0;
    for (const [group, list] of Object.entries(groups)) {
      for (const { shape, values } of list) {
        tensors.push({ group, shape: [...shape], offset, length: values.length });
        chunks.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
        offset += values.length;
      }
    }
    const hash = createHash('sha256');
    for (const chunk of chunks) hash.update(chunk);
    const manifest: Manifest = { format: 2, ...state, sha256: hash.digest('hex'), tensors };
    const name = `step-${String(state.position.step).padStart(8, '0')}`;
    const beside = path.join(this.folder, `.${name}.writing`);
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside);
    await writeDurably(path.join(beside, TENSORS), chunks);
    await writeDurably(path.join(beside, STATE), [Buffer.from(JSON.stringify(manifest))]);
    const final = path.join(this.folder, name);
    await rm(final, { recursive: true, force: true });
    await rename(beside, final);
    await this.prune();
  }

  /**
   * The newest checkpoint that is whole; undefined when there is none at all.
   * @param damaged is told of each that had to be passed over, and why
   */
  async newest(damaged: (folder: string, reason: string) => void): Promise<Checkpoint | undefined> {
    for (const name of await this.names()) {
      const folder = path.join(this.folder, name);
      try {
        return await read(folder);
      } catch (error) {
        damaged(folder, error instanceof Error ? error.message : String(error));
      }
    }
    return undefined;
  }

  /** Whether there is any, whole or not. */
  async any(): Promise<boolean> {
    return (await this.names()).length > 0;
  }

  /** Newest first. */
  private async names(): Promise<string[]> {
    const entries = await readdir(this.folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const step = (name: string): number => Number(NAME.exec(name)![1]);
    return entries.filter((name) => NAME.test(name)).sort((a, b) => step(b) - step(a));
  }

  private async prune(): Promise<void> {
    for (const name of (await this.names()).slice(this.keep)) {
      await rm(path.join(this.folder, name), { recursive: true, force: true });
    }
  }
}

async function read(folder: string): Promise<Checkpoint> {
  const stored: unknown = JSON.parse(await readFile(path.join(folder, STATE), 'utf8'));
  const manifest = manifestSchema.parse(stored);
  const { tensors, sha256, position: at, bestScore } = manifest;
  const basis = manifest.format === 1 ? manifest.configSha256 : manifest.basis;
  const bytes = await readFile(path.join(folder, TENSORS));
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`${TENSORS} is truncated or damaged (its SHA-256 is not the recorded one)`);
  }
  const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const groups: Record<string, StoredTensor[]> = {};
  for (const { group, shape, offset, length } of tensors) {
    (groups[group] ??= []).push({ shape, values: floats.slice(offset, offset + length) });
  }
  return { basis, position: at, bestScore, groups };
}

/** Returns when the bytes are on the disk: a power cut after the rename must not leave an empty file. */
async function writeDurably(file: string, chunks: readonly Buffer[]): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
