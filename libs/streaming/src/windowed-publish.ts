import { setTimeout as pause } from 'node:timers/promises';
import { headers as newHeaders, type MsgHdrs } from '@nats-io/transport-node';
import type { JetStreamClient, PubAck } from '@nats-io/jetstream';
import { hasApiCode } from './api-code.js';
import { isAway } from './is-away.js';
import { LARGEST_MESSAGE } from './streams.js';
import { StreamingError } from './streaming-error.js';

export interface Outgoing {
  readonly subject: string;
  /** What the message is, whoever sends it and however often: the stream keeps the first of each id. */
  readonly id: string;
  readonly data: Uint8Array;
  /** Such as the W3C trace context. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Delays between tries, milliseconds: a colorizer frees a place every few tens of them. */
const [FIRST_MS, LONGEST_MS] = [4, 100];

/**
 * Publishes a message and waits until the stream has it, which may be until the window of its subject has a free place: the
 * back-pressure of everything that is upstream.
 * @returns whether the stream had it already
 * @throws StreamingError `TOO_LARGE`; AbortError; JetStreamApiError for anything but a full window
 */
export async function publishInWindow(
  stream: JetStreamClient,
  { subject, id, data, headers = {} }: Outgoing,
  signal?: AbortSignal,
): Promise<{ readonly duplicate: boolean }> {
  if (data.byteLength > LARGEST_MESSAGE) {
    throw new StreamingError(
      'TOO_LARGE',
      `${id} has ${data.byteLength} bytes, and a message at most ${LARGEST_MESSAGE}.`,
    );
  }
  const options = { msgID: id, headers: asHeaders(headers) };
  for (let delay = FIRST_MS; ; delay = Math.min(2 * delay, LONGEST_MS)) {
    signal?.throwIfAborted();
    const ack = await published(() => stream.publish(subject, data, options));
    if (ack !== undefined) return { duplicate: ack.duplicate };
    await pause(delay, undefined, { signal });
  }
}

function asHeaders(given: Readonly<Record<string, string>>): MsgHdrs {
  const made = newHeaders();
  for (const [name, value] of Object.entries(given)) made.set(name, value);
  return made;
}

/** @returns undefined when it is worth another try: the window is full, or the server is away for the moment */
async function published(publish: () => Promise<PubAck>): Promise<PubAck | undefined> {
  try {
    return await publish();
  } catch (error) {
    if (hasApiCode(error, STORE_FAILED) || isAway(error)) return undefined;
    throw error;
  }
}

/** `maximum messages per subject exceeded`, `maximum bytes exceeded`: the server has one code for both. */
const STORE_FAILED = 10077;
