import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const require = createRequire(import.meta.url);
const STDERR = 2;
/** Holds the number of the process, for its threads (they share the environment), once libtensorflow has spoken. */
const SPOKEN = 'KINEMACOLOR_TENSORFLOW_HAS_SPOKEN';

/** What libtensorflow says when it loads its first graph, and no setting of its own can silence. */
const FIRST_WORDS = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$/,
  /^I\d{4} .*mlir_graph_optimization_pass\.cc.*MLIR V1 optimization pass is not enabled$/,
];

/** A SavedModel of one constant: the smallest thing that libtensorflow can load. */
const ONE =
  'CAESqgEKDyIFc2VydmUqBjIuMTguMRJeCjQKB0NvbnN0XzASBUNvbnN0KgsKBWR0eXBlEgIwASoVCgV2YWx1ZRIMQgoIARIAKgQAAIA/CiEKA29uZRII' +
  'SWRlbnRpdHkaB0NvbnN0XzAqBwoBVBICMAEiAwjaDio3CgNvbmUSMBISCgNvbmUSCwoFb25lOjAQARoAGhp0ZW5zb3JmbG93L3NlcnZpbmcvcHJlZGljdA==';

/** The part of the C library that moves file descriptors; undefined where it cannot be had. */
interface Descriptors {
  dup(descriptor: number): number;
  dup2(from: number, to: number): number;
  close(descriptor: number): number;
}

/**
 * Loads a first graph while the process's standard error is caught in a file, and passes on all of it but the lines
 * that libtensorflow always writes then: they would tear a progress bar and frighten users. Once a process; where
 * descriptors cannot be moved nothing is done, and the lines are seen.
 * @param load loads a SavedModel folder and lets go of it
 */
export async function hearFirstWords(load: (folder: string, signature: string) => Promise<void>): Promise<void> {
  if (process.env[SPOKEN] === String(process.pid)) return;
  process.env[SPOKEN] = String(process.pid);
  const descriptors = openDescriptors();
  if (descriptors === undefined) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'kinemacolor-one-'));
  const heard = path.join(folder, 'stderr');
  try {
    writeFileSync(path.join(folder, 'saved_model.pb'), Buffer.from(ONE, 'base64'));
    const file = openSync(heard, 'w');
    const original = descriptors.dup(STDERR);
    descriptors.dup2(file, STDERR);
    try {
      await load(folder, 'one');
    } finally {
      descriptors.dup2(original, STDERR);
      // Not Node's own close: a thread warns of one that it did not open.
      descriptors.close(original);
      closeSync(file);
    }
    const rest = readFileSync(heard, 'utf8').split('\n').filter((line) => line !== '' && !isFirstWord(line)); // prettier-ignore
    if (rest.length > 0) writeSync(STDERR, rest.join('\n') + '\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isFirstWord = (line: string): boolean => FIRST_WORDS.some((word) => word.test(line));

function openDescriptors(): Descriptors | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const koffi = require('koffi') as { load(name: string): { func(declaration: string): unknown } };
    const libc = koffi.load('libc.so.6');
    return {
      dup: libc.func('int dup(int descriptor)') as Descriptors['dup'],
      dup2: libc.func('int dup2(int from, int to)') as Descriptors['dup2'],
      close: libc.func('int close(int descriptor)') as Descriptors['close'],
    };
  } catch {
    // Another C library, or a platform that koffi has no build for: two lines more on the terminal are no failure.
    return undefined;
  }
}
