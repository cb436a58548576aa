import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SoloGate } from './solo-gate.js';

describe('work alone', () => {
  it('has nothing beside it, while other work goes side by side', async () => {
    const gate = new SoloGate();
    let running = 0;
    let most = 0;
    const beside: number[] = [];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await pause(5);
      running -= 1;
    };
    const alone = async (): Promise<void> => {
      beside.push(running);
      await work();
      beside.push(running);
    };
    const all: Promise<void>[] = [];
    for (let i = 0; i < 12; i++) all.push(i % 4 === 2 ? gate.alone(alone) : gate.shared(work));
    await Promise.all(all);
    expect(beside).toEqual([0, 0, 0, 0, 0, 0]);
    expect(most).toBeGreaterThan(1);
  });

  it('that fails lets the others go on', async () => {
    const gate = new SoloGate();
    const failing = gate.alone(() => Promise.reject(new Error('no')));
    const after = gate.shared(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await after).toBe('yes');
    await expect(gate.shared(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.alone(() => Promise.resolve('yes'))).toBe('yes');
  });
});
