/**
 * Has the server forget a consumer that nobody reads from any more, so that those of many jobs do not pile up. Nobody waits for
 * it: one that is not told, as its connection is closed or it is away, forgets the consumer by itself after some minutes.
 */
export function endReader(consumer: { delete(): Promise<boolean> }): void {
  consumer.delete().catch(() => undefined);
}
