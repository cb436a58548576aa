import type { Job, ListJobsRequest, ListJobsResponse } from '@kinemacolor/contracts';
import { refuse } from './check-settings.js';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';

const [USUAL, MOST] = [50, 500];

/** The caller's own jobs, newest first, a page at a time. */
export async function listJobs(
  { jobs }: Gateway,
  { pageSize, pageToken, states }: ListJobsRequest,
  { caller }: Context,
): Promise<ListJobsResponse> {
  const size = Math.min(pageSize === 0 ? USUAL : pageSize, MOST);
  const after = pageToken === '' ? undefined : placeIn(pageToken);
  const own = new Map<string, Job>();
  for await (const [id, { owner, job }] of jobs.entries()) {
    if (owner === caller.name) own.set(id, job);
  }
  const wanted = [...own.values()]
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .filter((job) => after === undefined || newestFirst(after, placeOf(job)) < 0)
    .toSorted((a, b) => newestFirst(placeOf(a), placeOf(b)));
  const page = wanted.slice(0, size);
  const last = page.at(-1);
  const nextPageToken = last === undefined || page.length === wanted.length ? '' : tokenOf(placeOf(last));
  return { jobs: page, nextPageToken };
}

/** Where a job is in the list: jobs that are made or deleted meanwhile move no others to another page. */
interface Place {
  readonly ms: number;
  readonly id: string;
}

const placeOf = ({ created, id }: Job): Place => ({ ms: created?.getTime() ?? 0, id });
const newestFirst = (a: Place, b: Place): number => b.ms - a.ms || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const tokenOf = ({ ms, id }: Place): string => Buffer.from(`${ms}.${id}`).toString('base64url');

function placeIn(token: string): Place {
  const [, ms, id] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (ms === undefined || id === undefined) return refuse('page_token', 'It is not the next_page_token of an answer.');
  return { ms: Number(ms), id };
}
