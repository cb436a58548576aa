export { compile, type Compiled, type CompileFunctionOptions } from './runtime/compile.js';
export {
  buildProgram,
  compileProgram,
  openProgram,
  writeProgram,
  type BuiltProgram,
  type CompiledProgram,
  type CompileOptions,
} from './runtime/program.js';
export { cachedProgram, type CacheKey, type ProgramCacheOptions } from './cache/program-cache.js';
export type { ArgumentSpec, Returned } from './trace/function-shape.js';
export type { FunctionInterface, TracedFunction } from './trace/trace.js';
export { packBytes, unpackBytes } from './trace/packed-bytes.js';
export { assign } from './trace/assign.js';
export { adam, type AdamOptions } from './optimisers/adam.js';
export { muon } from './optimisers/muon.js';
export { lamb, type LambOptions } from './optimisers/lamb.js';
export type { Optimiser, OptimiserStep } from './optimisers/optimiser.js';
export { ALL_PASSES, type PassSwitches } from './passes/index.js';
export type { Precision } from './passes/precision.js';
export { CompileError, type CompileErrorCode } from './compile-error.js';
