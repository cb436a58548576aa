import { Whereabouts } from '@kinemacolor/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import { isAway } from '@kinemacolor/streaming';

const subject = (job: string): string => `where.${job}`;
const ANSWER_MS = 1000;

/** A decoder answers where it is, until it closes this. */
export function answerWhereabouts(connection: NatsConnection, job: string, now: () => Whereabouts): { close(): void } {
  const subscription = connection.subscribe(subject(job), {
    callback: (error, message) => {
      if (error === null) message.respond(Whereabouts.encode(now()).finish());
    },
  });
  return {
    close: () => {
      subscription.unsubscribe();
    },
  };
}

/** @returns undefined when no decoder has the job at the moment, or none answers */
export async function askWhereabouts(connection: NatsConnection, job: string): Promise<Whereabouts | undefined> {
  try {
    const { data } = await connection.request(subject(job), undefined, { timeout: ANSWER_MS });
    return Whereabouts.decode(data);
  } catch (error) {
    if (isAway(error)) return undefined;
    throw error;
  }
}
