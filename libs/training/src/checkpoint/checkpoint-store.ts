import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFailure } from '../config/write-failure.js';

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
  judgedBy: z.string().optional(),
  sha256: z.string(),
  tensors: z.array(z.object({ group: z.string(), shape: z.array(z.int()), offset: z.int(), length: z.int() })),
};

const manifestSchema = z.discriminatedUnion('format', [
  z.object({ format: z.literal(3), basis: z.json(), ...common }),
  // Of formats 1 and 2 nothing tells whether their state is whole: `sealed` came later.
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
  /** What that score was measured with, as the run tells it; undefined where there was none, and in older checkpoints. */
  readonly judgedBy?: string | undefined;
}

export interface Checkpoint extends CheckpointState {
  readonly groups: TensorGroups;
}

const NAME = /^step-(\d+)$/;
const WRITING = /^\.step-\d+\.writing$/;
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

  /** @throws TrainingError `WRITE_FAILED`; the checkpoints before it are then as they were */
  async save(state: CheckpointState, groups: TensorGroups): Promise<void> {
    const name = `step-${String(state.position.step).padStart(8, '0')}`;
    const final = path.join(this.folder, name);
    try {
      await this.write(state, groups, final, path.join(this.folder, `.${name}.writing`));
      await this.prune();
    } catch (error) {
      throw writeFailure(`The checkpoint ${final}`, error);
    }
  }

  private async write(state: CheckpointState, groups: TensorGroups, final: string, beside: string): Promise<void> {
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
    const manifest: Manifest = { format: 3, ...state, sha256: hash.digest('hex'), tensors };
    await rm(beside, { recursive: true, force: true });
    try {
      await mkdir(beside);
      await writeDurably(path.join(beside, TENSORS), chunks);
      await writeDurably(path.join(beside, STATE), [Buffer.from(sealed(manifest))]);
    } catch (error) {
      // On a full disk it would take the room that the next one needs.
      await rm(beside, { recursive: true, force: true });
      throw error;
    }
    await rm(final, { recursive: true, force: true });
    await rename(beside, final);
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

  /** Older ones, and what was being written when a run was killed. */
  private async prune(): Promise<void> {
    for (const name of (await readdir(this.folder)).filter((one) => WRITING.test(one))) {
      await rm(path.join(this.folder, name), { recursive: true, force: true });
    }
    for (const name of (await this.names()).slice(this.keep)) {
      await rm(path.join(this.folder, name), { recursive: true, force: true });
    }
  }
}

async function read(folder: string): Promise<Checkpoint> {
  const manifest = manifestOf(await readFile(path.join(folder, STATE), 'utf8'));
  const { tensors, sha256, position: at, bestScore, judgedBy } = manifest;
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
  return { basis, position: at, bestScore, judgedBy, groups };
}

/** The state with a hash over itself: a position that was changed would begin a run where it never was. */
const sealed = (manifest: Manifest): string => JSON.stringify({ ...manifest, seal: sealOf(manifest) });

const sealOf = (state: object): string => createHash('sha256').update(JSON.stringify(state)).digest('hex');

/** @throws Error in one line when it is no state, or is not as it was written */
function manifestOf(text: string): Manifest {
  const stored: unknown = JSON.parse(text);
  const { seal, ...state }: Record<string, unknown> = typeof stored === 'object' ? { ...stored } : {};
  const parsed = manifestSchema.safeParse(state);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`);
    throw new Error(`${STATE} is no state of a checkpoint (${wrong.slice(0, 3).join('; ')})`);
  }
  if (parsed.data.format === 3 && seal !== sealOf(state)) {
    throw new Error(`${STATE} was changed or is damaged (its SHA-256 is not the recorded one)`);
  }
  return parsed.data;
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
