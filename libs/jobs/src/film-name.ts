import type { Job } from '@kinemacolor/contracts';

/** As many characters as a gateway takes for a label. */
const LONGEST = 200;

/** What messages call a job's film: its label, which is the file's name unless the client says otherwise, else `the film`. */
export function filmName({ label }: Pick<Job, 'label'>): string {
  // A gateway of another version may have let through what a terminal obeys, or what is endless.
  const shown = Array.from(label.trim().replaceAll(/\p{Cc}/gu, '?')).slice(0, LONGEST);
  return shown.length === 0 ? 'the film' : shown.join('');
}
