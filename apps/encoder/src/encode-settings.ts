import { Container, Subsampling, type ColorizeSettings } from '@kinemacolor/contracts';
import type { EncodeSettings } from '@kinemacolor/pipeline';

/** The strength of the smoothing that `kinemacolor colorize` has. */
const STABILIZE = 0.7;

const SUBSAMPLINGS: Readonly<Partial<Record<Subsampling, NonNullable<EncodeSettings['subsampling']>>>> = {
  [Subsampling.YUV420]: '420',
  [Subsampling.YUV422]: '422',
  [Subsampling.YUV444]: '444',
  [Subsampling.SOURCE]: 'source',
};

const CONTAINERS: Readonly<Partial<Record<Container, 'mp4' | 'mpegts'>>> = {
  [Container.FRAGMENTED_MP4]: 'mp4',
  [Container.MPEG_TS]: 'mpegts',
};

/** A job's settings in the words of the stages. The gateway has checked them. */
export function stageSettings(settings: ColorizeSettings): {
  readonly encode: EncodeSettings;
  readonly saturation: number;
  readonly stabilize: number;
  readonly renderSize: number;
  readonly container: 'matroska' | 'mp4' | 'mpegts';
} {
  const { codec, crf, preset, subsampling, container, saturation, stabilize, renderSize } = settings;
  return {
    encode: {
      codec: codec === '' ? undefined : (codec as NonNullable<EncodeSettings['codec']>),
      crf,
      preset: preset === '' ? undefined : preset,
      subsampling: SUBSAMPLINGS[subsampling],
    },
    saturation: saturation ?? 1,
    stabilize: stabilize ?? STABILIZE,
    renderSize: renderSize!,
    container: CONTAINERS[container] ?? 'matroska',
  };
}
