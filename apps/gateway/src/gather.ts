/** What has come and was not taken yet. */
interface Held {
  pieces: Uint8Array[];
  bytes: number;
  ended: boolean;
  error: unknown;
  /** The taker has left. */
  left: boolean;
}

/**
 * Joins small pieces into larger ones: what has come while the last one was being worked at comes as one, so that a client
 * that sends a kilobyte at a time is not kept to one write to a disk a kilobyte. Waits for nothing, and holds little more than
 * `size` bytes ahead.
 */
export async function* gather(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  const held: Held = { pieces: [], bytes: 0, ended: false, error: undefined, left: false };
  let wakeReader: () => void = () => undefined;
  let wakeTaker: () => void = () => undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const piece of pieces) {
        held.pieces.push(piece);
        held.bytes += piece.byteLength;
        wakeTaker();
        while (held.bytes >= size && !held.left) await new Promise<void>((resolve) => (wakeReader = resolve));
        if (held.left) return;
      }
    } catch (error) {
      held.error = error;
    } finally {
      held.ended = true;
      wakeTaker();
    }
  };
  const reading = read();
  try {
    while (held.bytes > 0 || !held.ended) {
      if (held.bytes === 0) {
        await new Promise<void>((resolve) => (wakeTaker = resolve));
        continue;
      }
      const piece = held.pieces.length === 1 ? held.pieces[0]! : Buffer.concat(held.pieces);
      [held.pieces, held.bytes] = [[], 0];
      wakeReader();
      yield piece;
    }
    await reading;
    if (held.error !== undefined) throw held.error as Error;
  } finally {
    held.left = true;
    wakeReader();
  }
}
