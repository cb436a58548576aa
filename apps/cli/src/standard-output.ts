import { MediaError } from '@kinemacolor/media';
import { exitCodeOf } from './exit-code.js';
import { printable } from './printable.js';

/** What messages call it. */
export const STANDARD_OUTPUT = 'standard output';

let film = false;

/** Standard output for a film: its errors are the film's, and met by whoever writes it. */
export function filmOutput(): typeof process.stdout {
  film = true;
  return process.stdout;
}

/** Ends the process as it should when what is printed can go nowhere. */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (film) return;
    // Whoever reads may have seen enough: `kinemacolor jobs | head`.
    if (error.code === 'EPIPE') process.exit();
    const failure = MediaError.fromOutput(error, STANDARD_OUTPUT);
    process.stderr.write(`kinemacolor: ${printable(failure.message)}\n`);
    process.exit(exitCodeOf(failure));
  });
  // With nobody to tell anything to, the work itself still counts.
  process.stderr.on('error', () => undefined);
}
