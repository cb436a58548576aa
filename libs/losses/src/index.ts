export { chromaL1 } from './chroma-l1.js';
export { chromaHuber } from './chroma-huber.js';
export { weightedChroma } from './weighted-chroma.js';
export { weightedHuber } from './weighted-huber.js';
export { lsganDiscriminator, lsganGenerator } from './lsgan.js';
export { cycle } from './cycle.js';
export { identity } from './identity.js';
export { LossError, type LossErrorCode } from './loss-error.js';
