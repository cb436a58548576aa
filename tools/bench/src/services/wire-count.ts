import { LumaFrame } from '@kinemacolor/contracts';
import type { ServiceWorld } from './service-world.js';

/** What was published of one kind. */
export interface KindCount {
  readonly messages: number;
  /** Payload and headers. */
  readonly bytes: number;
  /** When each came, milliseconds of `performance.now()`. */
  readonly times: readonly number[];
}

export interface WireCount {
  readonly luma: KindCount;
  readonly chroma: KindCount;
  /** Of the small frames; 0 before the first one. */
  readonly pixels: number;
}

type Headers = Iterable<readonly [string, readonly string[]]>;

/** Bytes that headers take on the wire: a version line, a line for each value, and an empty one. */
export function headerBytes(headers: Headers | undefined): number {
  if (headers === undefined) return 0;
  let bytes = 'NATS/1.0\r\n\r\n'.length;
  for (const [name, values] of headers) {
    for (const value of values) bytes += Buffer.byteLength(`${name}: ${value}\r\n`);
  }
  return bytes;
}

class Counter implements KindCount {
  messages = 0;
  bytes = 0;
  readonly times: number[] = [];

  add(data: Uint8Array, headers: Headers | undefined): void {
    this.messages += 1;
    this.bytes += data.byteLength + headerBytes(headers);
    this.times.push(performance.now());
  }
}

/**
 * Counts the luma and the chroma of all jobs that pass through NATS, repetitions too, until it is stopped.
 * @returns the counts so far, and what stops it
 */
export function countWire({ connection }: Pick<ServiceWorld, 'connection'>): {
  readonly count: WireCount;
  readonly stop: () => void;
} {
  const count = { luma: new Counter(), chroma: new Counter(), pixels: 0 };
  const listen = (kind: 'luma' | 'chroma'): (() => void) => {
    const subscription = connection.subscribe(`${kind}.*`, {
      callback: (error, message) => {
        if (error !== null) return;
        count[kind].add(message.data, message.headers);
        if (kind === 'luma' && count.pixels === 0) {
          const { width, height } = LumaFrame.decode(message.data);
          count.pixels = width * height;
        }
      },
    });
    return () => {
      subscription.unsubscribe();
    };
  };
  const stops = [listen('luma'), listen('chroma')];
  return {
    count,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
