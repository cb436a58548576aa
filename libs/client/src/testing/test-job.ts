import { EventEmitter, once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { Job, JobState, Progress, type DeepPartial } from '@kinemacolor/contracts';

const ENDED: ReadonlySet<JobState> = new Set([
  JobState.SUCCEEDED,
  JobState.FAILED,
  JobState.CANCELLED,
  JobState.EXPIRED,
]);

/** A job of the service for tests. Its result is its source with every byte turned over, a piece at a time. */
export class TestJob {
  readonly id = randomBytes(16).toString('hex');
  readonly source: Buffer[] = [];
  readonly result: Buffer[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #job: Job;

  constructor(job: DeepPartial<Job>) {
    this.#job = Job.create({ ...job, id: this.id, created: new Date() });
  }

  get now(): Job {
    return Job.create({ ...this.#job, sourceBytes: size(this.source), resultBytes: size(this.result) });
  }

  get ended(): boolean {
    return ENDED.has(this.#job.state);
  }

  change(part: DeepPartial<Job>): void {
    if (this.ended) return;
    this.#job = Job.create({ ...this.#job, ...part });
    if (ENDED.has(this.#job.state)) this.#job.finished = new Date();
    this.#changes.emit('change');
  }

  /** The next change, or the signal. */
  async changed(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal });
  }

  keep(bytes: Uint8Array): void {
    this.source.push(Buffer.from(bytes));
    this.#changes.emit('change');
  }

  /** Colours one more piece of the source. @returns whether there was one */
  colourOne(): boolean {
    const piece = this.source[this.result.length];
    if (piece === undefined || this.ended) return false;
    this.result.push(turned(piece));
    const frames = this.result.length;
    const framesTotal = this.#job.state === JobState.RUNNING ? this.source.length : undefined;
    this.change({ progress: Progress.create({ framesEncoded: frames, framesTotal, framesPerSecond: 25, eta: { seconds: 2, nanos: 5e8 } }) }); // prettier-ignore
    return true;
  }

  /** The result's bytes from an offset on, in the pieces that there are. */
  *from(offset: number): Generator<Buffer, void, undefined> {
    let at = 0;
    for (const piece of this.result) {
      if (at + piece.length > offset) yield piece.subarray(Math.max(0, offset - at));
      at += piece.length;
    }
  }
}

/** What colouring means in tests. */
export const turned = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));

const size = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);
