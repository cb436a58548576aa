export { constant } from './constant.js';
export { constantThenLinear, type ConstantThenLinearOptions } from './constant-then-linear.js';
export { oneCycle, type OneCycleOptions } from './one-cycle.js';
export type { Rates, Schedule } from './schedule.js';
export { warmUpCosine, type WarmUpCosineOptions } from './warm-up-cosine.js';
