import { describe, expect, it } from 'vitest';
import type { Painter } from './painter.js';
import { PainterMissing, PainterShelf } from './painter-shelf.js';

/** A shelf of painters that paint nothing, and what happened to them. */
function shelfOf(most: number): { shelf: PainterShelf; events: string[]; kill: (name: string) => void } {
  const events: string[] = [];
  const dead = new Set<string>();
  const open = (model: string, version: string): Promise<Painter> => {
    const name = `${model}${version}`;
    events.push(`open ${name}`);
    if (version === 'bad') return Promise.reject(new Error('it is damaged'));
    dead.delete(name);
    return Promise.resolve({
      workers: 1,
      batch: 1,
      get isDead() {
        return dead.has(name);
      },
      paint: () => Promise.resolve({ u: new Uint8Array(), v: new Uint8Array() }),
      close: () => {
        events.push(`close ${name}`);
        return Promise.resolve();
      },
    });
  };
  return { shelf: new PainterShelf({ open, most }), events, kill: (name) => dead.add(name) };
}
const nothing = (): Promise<void> => Promise.resolve();

describe('the shelf', () => {
  it('loads each version once, and closes the one that rested longest', async () => {
    const { shelf, events } = shelfOf(2);
    await Promise.all([shelf.use('m', '1', nothing), shelf.use('m', '1', nothing)]);
    await shelf.load('m', '2');
    await shelf.use('m', '1', nothing);
    await shelf.load('m', '3');
    expect(events).toEqual(['open m1', 'open m2', 'open m3', 'close m2']);
    expect([shelf.size, shelf.has('m'), shelf.has('n')]).toEqual([2, true, false]);
    await shelf.close();
    expect(events.slice(4).toSorted()).toEqual(['close m1', 'close m3']);
    await expect(shelf.load('m', '1')).rejects.toThrow(PainterMissing);
  });

  it('closes none that is at work', async () => {
    const { shelf, events } = shelfOf(1);
    let finish: () => void = () => undefined;
    const working = shelf.use('m', '1', () => new Promise<void>((resolve) => (finish = resolve)));
    await shelf.load('m', '2');
    expect(events).toEqual(['open m1', 'open m2', 'close m2']);
    finish();
    await working;
    expect(shelf.size).toBe(1);
  });

  it('says why a version cannot be had, and tries again', async () => {
    const { shelf, events } = shelfOf(2);
    await expect(shelf.load('m', 'bad')).rejects.toThrow('Model m bad cannot be loaded: it is damaged');
    await expect(shelf.load('m', 'bad')).rejects.toThrow(PainterMissing);
    expect(events).toEqual(['open mbad', 'open mbad']);
  });

  it('loads another one for one that is dead', async () => {
    const { shelf, events, kill } = shelfOf(2);
    await shelf.load('m', '1');
    kill('m1');
    await shelf.load('m', '1');
    expect(events).toEqual(['open m1', 'open m1']);
  });
});
