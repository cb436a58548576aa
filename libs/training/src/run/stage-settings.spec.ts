import { describe, expect, it } from 'vitest';
import { scheduleSchema } from '../config/schedule-schema.js';
import { stageSettings } from './stage-settings.js';

const config = { optimiser: { kind: 'adam', beta1: 0.7, beta2: 0.9, epsilon: 1e-8, weightDecay: 0 }, average: 0.9 } as const; // prettier-ignore
const oneCycle = scheduleSchema.parse({ kind: 'one-cycle', peak: 1e-3, momentum: [0.9, 0.6] });
const other = scheduleSchema.parse({ kind: 'one-cycle', peak: 1e-4, momentum: [0.4, 0.2] });
const constant = scheduleSchema.parse({ kind: 'constant', rate: 1e-2 });
const at = { step: 30, stageStep: 0, total: 10 };

describe('stageSettings', () => {
  it('gives the discriminators the schedule of the generators, or their own, momentum too', () => {
    expect(stageSettings({ generator: oneCycle }, config, at)).toMatchObject({
      momentum: 0.9,
      discriminatorMomentum: 0.9,
    });
    const both = stageSettings({ generator: oneCycle, discriminator: other }, config, at);
    expect(both).toMatchObject({ momentum: 0.9, discriminatorMomentum: 0.4 });
    expect(both.generatorRate).toBeCloseTo(1e-4, 12);
    expect(both.discriminatorRate).toBeCloseTo(1e-5, 12);
  });

  it('takes the momentum of the optimiser where a schedule has none', () => {
    expect(stageSettings({ generator: constant, discriminator: other }, config, at)).toMatchObject({ momentum: 0.7, discriminatorMomentum: 0.4 }); // prettier-ignore
    expect(stageSettings({ generator: other, discriminator: constant }, config, at)).toMatchObject({ momentum: 0.4, discriminatorMomentum: 0.7 }); // prettier-ignore
  });
});
