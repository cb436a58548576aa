import { readdirSync, readFileSync } from 'node:fs';

/** One process, as /proc tells. */
export interface ProcessMemory {
  readonly pid: number;
  readonly parent: number;
  /** Its short name, such as `node` or `ffmpeg`. */
  readonly name: string;
  /** Resident bytes. */
  readonly rss: number;
}

/** Bytes a page: what x86-64 has, and arm64 as distributions set it up. */
const PAGE = 4096;

/** Reads /proc/<pid>/stat; the name in it may hold blanks and brackets. */
export function parseStat(stat: string): ProcessMemory {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const fields = stat.slice(close + 2).split(' ');
  return {
    pid: Number(stat.slice(0, open)),
    parent: Number(fields[1]),
    name: stat.slice(open + 1, close),
    rss: Number(fields[21]) * PAGE,
  };
}

/** The process and everything that it started, directly or not. */
export function treeOf(root: number, all: readonly ProcessMemory[]): ProcessMemory[] {
  const tree = new Map(all.filter(({ pid }) => pid === root).map((each) => [each.pid, each]));
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const each of all) if (tree.has(each.parent)) tree.set(each.pid, each);
  }
  return [...tree.values()];
}

/** All processes of this machine. Linux only. */
export function allProcesses(): ProcessMemory[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [parseStat(readFileSync(`/proc/${name}/stat`, 'utf8'))];
    } catch (error) {
      // It ended between the two readings.
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ESRCH') return [];
      throw error;
    }
  });
}
