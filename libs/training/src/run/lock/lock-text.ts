/** Who trains in a folder, as its lock tells. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** Boot of the kernel and space of process numbers: where they are the same, so are the processes. Empty: not known. */
  readonly machine: string;
  /** When the process began, in the kernel's count: a number that is given again is another process. Empty: not known. */
  readonly began: string;
  /** ISO 8601 */
  readonly since: string;
  /** One of its own for each time that a folder is locked. */
  readonly token: string;
}

/** What stands in a lock; as long for every beat, so that one overwrites another whole. */
export const lockText = (owner: LockOwner, beat: number): string =>
  JSON.stringify({ ...owner, beat: String(beat).padStart(12, '0') }) + '\n';
