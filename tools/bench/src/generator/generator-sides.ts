import path from 'node:path';
import { builtFile, PEERS } from '../paths.js';
import type { SideCommand } from '../sides.js';
import { BF16, type Bound, FP32 } from './agreement.js';

/** The names are those of the table's columns. */
export const OURS = 'ours';
export const EAGER = 'ours eager fp32';
export const COMPILED_PEER = 'torch.compile bf16';
export const EAGER_PEER = 'torch eager bf16';
export const ONNX_PEER = 'ONNX Runtime fp32';

/** What the others must agree with {@link EAGER} to. */
export const BOUNDS: Readonly<Record<string, Bound>> = {
  [OURS]: BF16,
  [COMPILED_PEER]: BF16,
  [EAGER_PEER]: BF16,
  [ONNX_PEER]: FP32,
};

/** Every side for the model in `folder` and pictures of this size, on so many cores. */
export function generatorSides(
  { onnx, torch }: { readonly onnx: string; readonly torch: string },
  { folder, height, width, cores }: { folder: string; height: number; width: number; cores: number },
): readonly SideCommand[] {
  const shape = [folder, String(height), String(width)];
  const engine = (name: string, form: string): SideCommand => ({
    name,
    command: process.execPath,
    args: [builtFile('generator/engine-process'), ...shape, form],
  });
  const peer = (name: string, python: string, script: string, ...form: string[]): SideCommand => ({
    name,
    command: python,
    args: ['-B', path.join(PEERS, script), ...shape, String(cores), ...form],
  });
  return [
    engine(OURS, 'compiled'),
    engine(EAGER, 'eager'),
    peer(COMPILED_PEER, torch, 'torch_inference_peer.py', 'compile'),
    peer(EAGER_PEER, torch, 'torch_inference_peer.py', 'eager'),
    peer(ONNX_PEER, onnx, 'onnx_peer.py'),
  ];
}
