import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FEATURE_SOURCES, verifyFeatureFiles } from '@kinemacolor/models/feature-sources';
import { ModelError } from '@kinemacolor/models/model-error';
import { EXIT } from './exit-code.js';

/** What `kinemacolor models features` was told. */
export interface FeaturesFlags {
  readonly verify?: string;
}

/** `kinemacolor models features`: where to get feature networks, and whether one's files are whole. @throws ModelError */
export async function featuresCommand({ verify }: FeaturesFlags): Promise<number> {
  if (verify === undefined) {
    for (const { kind, title, licence, command } of FEATURE_SOURCES) {
      console.log(`${kind}: ${title}\n  licence: ${licence}\n  get it:  ${command}\n`);
    }
    console.log('Then compare it with the published one: kinemacolor models features --verify PATH');
    return EXIT.OK;
  }
  const found = await stat(verify).catch(() => undefined);
  if (found === undefined) throw new ModelError('NOT_FOUND', `${verify} is not there: give the folder or the file.`);
  const file = path.basename(verify).startsWith('efficientnet') ? 'efficientnet-lite0' : 'vgg16';
  const kind = found.isDirectory() ? 'darknet-tiny' : file;
  const source = FEATURE_SOURCES.find((one) => one.kind === kind)!;
  const files = await verifyFeatureFiles(source, verify);
  console.log(`${verify}: ${kind}, ${files} ${files === 1 ? 'file' : 'files'}, the published SHA-256.`);
  return EXIT.OK;
}
