import { widenModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/** Writes a model of twice the width as a model folder. Loads the engine into this thread. @throws ModelError */
export async function widenFolder(folder: string, out: string, noise?: number): Promise<string> {
  await loadBackend('cpu');
  const { width, residualBlocks } = (await widenModel(folder, out, noise === undefined ? {} : { noise })).config;
  return `${out}: width ${width}, ${residualBlocks} blocks. Train it on with networks.from ${out}`;
}
