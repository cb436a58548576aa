import { boxesAt, boxesIn, makeBox } from './box-tree.js';
import { MediaError } from './media-error.js';

/** One picture of a fragment, in decode order. */
export interface Sample {
  /** Ticks until the next one is decoded. */
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
  /** Ticks from its decode time to its presentation time. */
  readonly offset: number;
}

/** What a `moof` box with one track says (ISO/IEC 14496-12, movie fragments). */
export interface Fragment {
  readonly sequence: number;
  readonly track: number;
  /** Ticks: when the first sample is decoded. */
  readonly decodeTime: bigint;
  readonly samples: readonly Sample[];
}

export type SampleDefaults = Pick<Sample, 'duration' | 'size' | 'flags'>;

/** What the `trex` box of a `moov` with one track says of samples that say nothing themselves. */
export function sampleDefaults(moov: Buffer): SampleDefaults {
  const trex = boxesAt(moov, 'moov/mvex/trex')[0]?.body;
  if (trex === undefined || trex.length < 24) throw unknown('no defaults of samples');
  return { duration: trex.readUInt32BE(12), size: trex.readUInt32BE(16), flags: trex.readUInt32BE(20) };
}

/** @throws MediaError `DAMAGED` when it is not a fragment of one track with a decode time. */
export function readFragment(moof: Buffer, defaults: SampleDefaults): Fragment {
  const [mfhd] = boxesAt(moof, 'moof/mfhd');
  const tracks = boxesAt(moof, 'moof/traf');
  const [tfhd] = boxesAt(moof, 'moof/traf/tfhd');
  const [tfdt] = boxesAt(moof, 'moof/traf/tfdt');
  if (tracks.length !== 1 || mfhd === undefined || tfhd === undefined || tfdt === undefined)
    throw unknown('a fragment that is not of one track');
  const own = trackDefaults(tfhd.body, defaults);
  return {
    sequence: mfhd.body.readUInt32BE(4),
    track: tfhd.body.readUInt32BE(4),
    decodeTime: tfdt.body[0] === 1 ? tfdt.body.readBigUInt64BE(4) : BigInt(tfdt.body.readUInt32BE(4)),
    samples: boxesIn(tracks[0]!.body).flatMap(({ type, body }) => (type === 'trun' ? readRun(body, own) : [])),
  };
}

function trackDefaults(tfhd: Buffer, defaults: SampleDefaults): SampleDefaults {
  const flags = tfhd.readUInt32BE(0) & 0xffffff;
  let at = 8 + ((flags & 0x1) === 0 ? 0 : 8) + ((flags & 0x2) === 0 ? 0 : 4);
  const next = (flag: number, otherwise: number): number => {
    if ((flags & flag) === 0) return otherwise;
    at += 4;
    return tfhd.readUInt32BE(at - 4);
  };
  const duration = next(0x8, defaults.duration);
  const size = next(0x10, defaults.size);
  return { duration, size, flags: next(0x20, defaults.flags) };
}

function readRun(trun: Buffer, defaults: SampleDefaults): Sample[] {
  const flags = trun.readUInt32BE(0) & 0xffffff;
  let at = 8 + ((flags & 0x1) === 0 ? 0 : 4);
  const next = (flag: number, otherwise: number): number => {
    if ((flags & flag) === 0) return otherwise;
    at += 4;
    return trun.readUInt32BE(at - 4);
  };
  const firstFlags = next(0x4, defaults.flags);
  return Array.from({ length: trun.readUInt32BE(4) }, (_, place) => ({
    duration: next(0x100, defaults.duration),
    size: next(0x200, defaults.size),
    flags: next(0x400, place === 0 ? firstFlags : defaults.flags),
    offset: next(0x800, 0) | 0,
  }));
}

/** The `moof` box in one form whatever the values are. `mdatHeader`: bytes of the header of the `mdat` box that follows it. */
export function writeFragment({ sequence, track, decodeTime, samples }: Fragment, mdatHeader: number): Buffer {
  const mfhd = Buffer.alloc(8);
  mfhd.writeUInt32BE(sequence, 4);
  const tfhd = Buffer.alloc(8);
  tfhd.writeUInt32BE(0x020000);
  tfhd.writeUInt32BE(track, 4);
  const tfdt = Buffer.alloc(12);
  tfdt.writeUInt32BE(0x01000000);
  tfdt.writeBigUInt64BE(decodeTime, 4);
  const trun = Buffer.alloc(12 + 16 * samples.length);
  trun.writeUInt32BE(0x01000f01);
  trun.writeUInt32BE(samples.length, 4);
  for (const [place, { duration, size, flags, offset }] of samples.entries()) {
    const at = 12 + 16 * place;
    trun.writeUInt32BE(duration, at);
    trun.writeUInt32BE(size, at + 4);
    trun.writeUInt32BE(flags, at + 8);
    trun.writeInt32BE(offset, at + 12);
  }
  const traf = 8 + (8 + tfhd.length) + (8 + tfdt.length) + (8 + trun.length);
  trun.writeUInt32BE(8 + (8 + mfhd.length) + traf + mdatHeader, 8);
  return makeBox(
    'moof',
    makeBox('mfhd', mfhd),
    makeBox('traf', makeBox('tfhd', tfhd), makeBox('tfdt', tfdt), makeBox('trun', trun)),
  );
}

/** When each sample is shown, in ticks, in decode order. */
export function presentationTimes({ decodeTime, samples }: Fragment): bigint[] {
  let time = decodeTime;
  return samples.map(({ duration, offset }) => {
    const shown = time + BigInt(offset);
    time += BigInt(duration);
    return shown;
  });
}

/**
 * The fragment with no sample decoded before `earliest`; its presentation times stay. Where the first samples were to
 * be decoded earlier, they follow each other tick by tick until the rest is late enough.
 */
export function decodedFrom(fragment: Fragment, earliest: bigint): Fragment {
  if (fragment.decodeTime >= earliest) return fragment;
  const shown = presentationTimes(fragment);
  let before = fragment.decodeTime;
  const decoded = fragment.samples.map(({ duration }, place) => {
    const own = before;
    before += BigInt(duration);
    const floor = earliest + BigInt(place);
    return own < floor ? floor : own;
  });
  const end = before;
  return {
    ...fragment,
    decodeTime: earliest,
    samples: fragment.samples.map((sample, place) => {
      const next = decoded[place + 1] ?? end;
      const duration = Number(next - decoded[place]!);
      return { ...sample, duration: Math.max(0, duration), offset: Number(shown[place]! - decoded[place]!) };
    }),
  };
}

function unknown(what: string): MediaError {
  return new MediaError('DAMAGED', `A segment of the film cannot be read: ${what}.`);
}
