import { describe, expect, it } from 'vitest';
import { gather } from './gather.js';
import { interleave, quietly, run } from './interleave.js';
import { Newest } from './newest.js';
import { unlessAborted, until } from './until.js';

const tick = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
async function* numbers(count: number, ms = 0): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) {
    if (ms > 0) await tick(ms);
    yield i;
  }
}
async function* forever(signal: AbortSignal, onEnd: () => void): AsyncGenerator<string> {
  for (let i = 0; !signal.aborted; i++) {
    yield `s${i}`;
    await tick(1);
  }
  onEnd();
}
async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const one of source) seen.push(one);
  return seen;
}

describe('interleaving', () => {
  it('ends with its main source, and ends the others', async () => {
    const stop = new AbortController();
    let ended = false;
    const seen = await all(interleave<number | string>(stop, numbers(5, 4), forever(stop.signal, () => (ended = true)))); // prettier-ignore
    expect(seen.filter((one) => typeof one === 'number')).toEqual([0, 1, 2, 3, 4]);
    expect(seen).toContain('s0');
    expect([stop.signal.aborted, ended]).toEqual([true, true]);
  });

  it('goes on when another source ends, and fails when one fails', async () => {
    expect(await all(interleave(new AbortController(), numbers(3, 3), numbers(0)))).toEqual([0, 1, 2]);
    const stop = new AbortController();
    const broken = quietly(tick().then(() => Promise.reject(new Error('broken'))));
    const endless = async function* (): AsyncGenerator<never> {
      await unlessAborted(new Promise(() => undefined), stop.signal);
    };
    await expect(run(stop, endless(), broken)).rejects.toThrow('broken');
  });

  it('takes no more than one value ahead of each source', async () => {
    let made = 0;
    const eager = async function* (): AsyncGenerator<number> {
      for (;;) {
        await Promise.resolve();
        yield made++;
      }
    };
    const source = interleave(new AbortController(), eager());
    for (let i = 0; i < 3; i++) {
      await source.next();
      await tick();
      expect(made).toBeLessThanOrEqual(i + 2);
    }
    await source.return();
  });
});

describe('the newest of values', () => {
  it('is what a slow reader gets, and the last one in any case', async () => {
    const newest = new Newest<number>();
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const one of newest.values(stop.signal)) {
        seen.push(one);
        await tick(10);
      }
    })();
    for (let i = 0; i <= 100; i++) {
      newest.put(i);
      if (i % 50 === 0) await tick(2);
    }
    await tick(30);
    stop.abort();
    await reading;
    expect(seen.length).toBeLessThan(5);
    expect(seen.at(-1)).toBe(100);
  });
});

describe('gathering', () => {
  const pieces = async function* (count: number, length: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      await Promise.resolve();
      yield new Uint8Array(length).fill(i);
    }
  };

  it('joins what comes while the last is worked at, loses nothing, and holds little', async () => {
    const seen: Uint8Array[] = [];
    for await (const piece of gather(pieces(200, 10), 100)) {
      seen.push(piece);
      await tick(1);
    }
    expect(Buffer.concat(seen).equals(Buffer.concat(await all(pieces(200, 10))))).toBe(true);
    expect(seen.length).toBeLessThan(60);
    expect(Math.max(...seen.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(110);
  });

  it('does not wait for more when there is something', async () => {
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1);
      await tick(10_000_000);
    };
    const source = gather(slow(), 1000);
    expect((await source.next()).value).toEqual(Uint8Array.of(1));
  });

  it('gives what came before a failure, and then fails', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1);
      await tick();
      throw new Error('broken');
    };
    const seen: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of gather(broken(), 1000)) seen.push(piece);
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(seen.length).toBe(1);
  });
});

it('a source that is waited for is left at the signal', async () => {
  const stop = new AbortController();
  const never = async function* (): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => undefined);
  };
  setTimeout(() => {
    stop.abort();
  }, 20);
  expect(await all(until(never(), stop.signal))).toEqual([1]);
});
