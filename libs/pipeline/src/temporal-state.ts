import type { SceneCuts, SceneCutState } from './scene-cuts.js';
import type { Stabilizer, StabilizerState } from './stabilizer.js';

/**
 * What the stages remember before a frame, as bytes: a JSON line with the cut detector's state, then the stabiliser's
 * luma (bytes) and U, V (little-endian float32). Restoring it makes a resumed run paint what an undisturbed one would.
 */
export function packTemporalState(cuts: SceneCuts, stabilizer: Stabilizer): Buffer {
  const state = stabilizer.snapshot();
  const head = JSON.stringify({ cuts: cuts.snapshot() ?? null, pixels: state?.luma.length ?? 0 });
  const planes = state === undefined ? [] : [state.luma, bytesOf(state.u), bytesOf(state.v)];
  return Buffer.concat([Buffer.from(head + '\n'), ...planes]);
}

/** @throws RangeError when the bytes are cut short */
export function restoreTemporalState(bytes: Buffer, cuts: SceneCuts, stabilizer: Stabilizer): void {
  const end = bytes.indexOf('\n');
  const head = JSON.parse(bytes.toString('utf8', 0, Math.max(0, end))) as {
    cuts: SceneCutState | null;
    pixels: number;
  };
  if (bytes.length !== end + 1 + head.pixels * 9) throw new RangeError('The stored state is cut short.');
  cuts.restore(head.cuts ?? undefined);
  stabilizer.restore(head.pixels === 0 ? undefined : planesOf(bytes.subarray(end + 1), head.pixels));
}

function planesOf(bytes: Buffer, pixels: number): StabilizerState {
  // A copy: a float view must start at a multiple of four bytes.
  const floats = (from: number): Float32Array =>
    new Float32Array(Uint8Array.from(bytes.subarray(from, from + 4 * pixels)).buffer);
  return { luma: Uint8Array.from(bytes.subarray(0, pixels)), u: floats(pixels), v: floats(5 * pixels) };
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
