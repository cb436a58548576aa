import type { StreamPlan } from '@kinemacolor/media';

/** What the user should know about streams that are not plain copies, a sentence each. */
export function streamWarnings(plans: readonly StreamPlan[]): string[] {
  return plans.flatMap(({ stream, action, reason }) => {
    if (action === 'copy') return [];
    const verb = action === 'drop' ? 'is left out' : 'is converted';
    const why = reason === undefined ? '' : `: ${reason}`;
    return [`The ${stream.kind} stream ${stream.index} (${stream.codec}) ${verb}${why}.`];
  });
}
