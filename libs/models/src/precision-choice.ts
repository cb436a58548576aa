import { existsSync, readFileSync } from 'node:fs';
import type { Precision } from '@kinemacolor/compile';
import type { Device } from '@kinemacolor/tensor';
import { ModelError } from './model-error.js';

/** What a user may ask for: `auto` is bf16 where the hardware multiplies in it. */
export type PrecisionChoice = Precision | 'auto';

/** @throws ModelError `BAD_CONFIG` when the word is none of auto, fp32, bf16 */
export function parsePrecision(word: string): PrecisionChoice {
  if (word === 'auto' || word === 'fp32' || word === 'bf16') return word;
  throw new ModelError('BAD_CONFIG', `"${word}" is not a precision: use auto, fp32 or bf16.`);
}

const CPU_INFO = '/proc/cpuinfo';
/** Flags of x86 CPUs and features of arm64 ones that multiply bfloat16. Elsewhere it is emulated, and slow. */
const BFLOAT16_UNITS = /\b(avx512_bf16|amx_bf16|bf16)\b/;

export function choosePrecision(choice: PrecisionChoice, device: Device, cpuInfo = readCpuInfo()): Precision {
  if (choice !== 'auto') return choice;
  if (device === 'gpu') return 'bf16';
  return BFLOAT16_UNITS.test(cpuInfo) ? 'bf16' : 'fp32';
}

function readCpuInfo(): string {
  return existsSync(CPU_INFO) ? readFileSync(CPU_INFO, 'utf8') : '';
}
