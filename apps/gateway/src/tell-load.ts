import { JobState } from '@kinemacolor/contracts';
import { COLORIZERS, hasEnded, QUEUES, TASKS } from '@kinemacolor/jobs';
import { errorFields } from '@kinemacolor/lifecycle';
import { waitingIn } from '@kinemacolor/streaming';
import { METRICS, watchGauge } from '@kinemacolor/telemetry';
import type { Gateway } from './gateway.js';

const WAITED_FOR = [
  { kind: 'luma', queue: COLORIZERS },
  ...TASKS.map((kind) => ({ kind, queue: QUEUES[kind] })),
] as const;

/**
 * Tells, whenever metrics are collected, how much waits in the queues that services share, and how many jobs are in which state.
 * Every gateway tells the same: take one of them, or the largest.
 * @returns ends it
 */
export function tellLoad({ connection, jobs, log }: Gateway): () => void {
  const ends = [
    watchGauge(METRICS.queueDepth, async (observe) => {
      for (const { kind, queue } of WAITED_FOR) {
        try {
          observe(await waitingIn(connection, kind, queue), { queue: kind });
        } catch (error) {
          // No service has taken from it yet, or the server is away: this reading is left out.
          log.debug({ queue: kind, ...errorFields(error) }, 'a queue could not be looked at');
        }
      }
    }),
    watchGauge(METRICS.jobsActive, async (observe) => {
      const counts = new Map<JobState, number>();
      for await (const [, { job }] of jobs.entries()) {
        if (!hasEnded(job)) counts.set(job.state, (counts.get(job.state) ?? 0) + 1);
      }
      for (const state of [JobState.UPLOADING, JobState.QUEUED, JobState.RUNNING]) {
        observe(counts.get(state) ?? 0, { state: JobState[state].toLowerCase() });
      }
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
