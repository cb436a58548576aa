import { LineChild } from './line-child.js';

/** How a side's process is started. */
export interface SideCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Time for the last side's idle threads to go to sleep, so that they do not take cores from the one that is timed. */
const SETTLE_MS = 300;

/**
 * The sides of a comparison, each a process of its own that answers one JSON line with another: first
 * `{"ready": {name: version}, "how": text}`, then among others `{"do": "time", …}` with `{"ms": number}`.
 */
export class Sides {
  private readonly children = new Map<string, LineChild>();
  private readonly said: Record<string, string> = {};
  private readonly ways: Record<string, string> = {};

  /** Names in the order in which they were started. */
  get names(): readonly string[] {
    return [...this.children.keys()];
  }

  /** Of everything that took part, by its name. */
  get versions(): Readonly<Record<string, string>> {
    return this.said;
  }

  /** How each side does it, by the side's name: what it chose on this machine. */
  get how(): Readonly<Record<string, string>> {
    return this.ways;
  }

  /** @throws BenchError `CHILD_FAILED` */
  async start({ name, command, args }: SideCommand): Promise<void> {
    const { child, first } = await LineChild.start(name, command, args);
    this.children.set(name, child);
    Object.assign(this.said, first['ready']);
    this.ways[name] = String(first['how']);
  }

  /** @throws BenchError `CHILD_FAILED` */
  request(name: string, message: Readonly<Record<string, unknown>>): ReturnType<LineChild['request']> {
    return this.children.get(name)!.request(message);
  }

  /**
   * One round: every side does the same work alone, one after the other. Each round begins with the next side, so that
   * none always follows the same one.
   * @param work what is asked of each, such as `{ frames: 15 }`
   * @returns milliseconds by side
   */
  async takeTurns(round: number, work: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    const { names } = this;
    const first = round % names.length;
    const times = Object.fromEntries(names.map((name) => [name, NaN]));
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      times[name] = Number((await this.request(name, { do: 'time', ...work }))['ms']);
    }
    return times;
  }

  /** Ends every process. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => child.close()));
  }
}
