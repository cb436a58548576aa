import { Preview } from '@kinemacolor/contracts';
import type { NatsConnection } from '@nats-io/transport-node';

const subject = (job: string): string => `preview.${job}`;

/** Shows a picture to whoever looks at this moment; nobody keeps it. */
export function showPreview(connection: NatsConnection, job: string, preview: Preview): void {
  if (!connection.isClosed()) connection.publish(subject(job), Preview.encode(preview).finish());
}

/** The pictures of a job as they are shown. @returns what ends it */
export function watchPreviews(
  connection: NatsConnection,
  job: string,
  onPreview: (preview: Preview) => void,
): { close(): void } {
  const subscription = connection.subscribe(subject(job), {
    callback: (error, message) => {
      if (error === null) onPreview(Preview.decode(message.data));
    },
  });
  return {
    close: () => {
      subscription.unsubscribe();
    },
  };
}
