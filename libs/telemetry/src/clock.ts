/** Further apart than this, and the machine's clock has been set. */
const MOST_DRIFT_MS = 2;

let offset = Date.now() - performance.now();

/**
 * Microseconds since 1970: fine enough for one frame, and after hours still what other machines say, which a clock that was
 * read once at the start of the process is not.
 */
export function nowUs(): number {
  const fine = performance.now() + offset;
  const drift = Date.now() - fine;
  if (Math.abs(drift) > MOST_DRIFT_MS) offset += drift;
  return Math.round((performance.now() + offset) * 1000);
}
