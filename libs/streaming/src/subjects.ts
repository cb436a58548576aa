/** What a subject carries; each kind is a stream of its own, with a subject for each job. */
export const KINDS = ['source', 'luma', 'chroma', 'segment', 'result', 'dead', 'decode', 'encode'] as const;
export type Kind = (typeof KINDS)[number];

/** Name of the stream of a kind. */
export const streamOf = (kind: Kind): string => `kinemacolor-${kind}`;

/**
 * Subject of a kind for one job.
 * @throws RangeError for an id that would be more than one token of a subject
 */
export function subjectOf(kind: Kind, job: string): string {
  if (!/^[\w-]+$/.test(job)) throw new RangeError(`${JSON.stringify(job)} is no id of a job.`);
  return `${kind}.${job}`;
}

/** The job that a subject of ours is about. */
export const jobOf = (subject: string): string => subject.slice(subject.indexOf('.') + 1);
