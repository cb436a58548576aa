import type { Form, Losses } from './form.js';

type Request = Readonly<Record<string, unknown>>;
type Answer = (request: Request) => Promise<Readonly<Record<string, unknown>>>;

/**
 * What our sides answer, as peers/torch_steps.py does: `losses` starts again and tells the losses of so many steps, `time`
 * goes on from there and tells milliseconds a step.
 */
export function stepAnswers(form: Form): Readonly<Record<'losses' | 'time', Answer>> {
  return {
    losses: async ({ steps }) => {
      await form.restart();
      const losses: Losses[] = [];
      for (let i = 0; i < Number(steps); i++) losses.push(await form.step());
      return { losses };
    },
    time: async ({ steps }) => {
      const started = performance.now();
      for (let i = 0; i < Number(steps); i++) await form.step();
      return { ms: (performance.now() - started) / Number(steps) };
    },
  };
}
