import { readFile, writeFile } from 'node:fs/promises';

/** A file of raw little-endian float32, the way in which sides hand each other pictures (height, width, channels). */
export async function readFloats(file: string): Promise<Float32Array> {
  return new Float32Array(Uint8Array.from(await readFile(file)).buffer);
}

/** The reverse of {@link readFloats}. */
export async function writeFloats(file: string, values: Float32Array): Promise<void> {
  await writeFile(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
