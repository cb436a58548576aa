import { boxesAt, boxesIn, makeBox, mapBoxes, type Box } from './box-tree.js';
import type { ByteReader } from './byte-reader.js';
import type { CueTimes } from './cue-times.js';
import { CueTrack, type TrackClock } from './cue-track.js';
import { cutShort } from './cut-short.js';
import { mergeByTime } from './merge-by-time.js';
import { readBoxHeader } from './mp4-boxes.js';
import type { MuxInputs } from './mux-inputs.js';

/** Numbers of tracks: the picture's; the one that ffmpeg makes of chapters; the others' begin behind it. */
export const mp4Tracks = { pictureOrPulse: 1, chapters: 2, firstOther: 3 } as const;

interface Unit {
  /** Seconds. */
  readonly time: number;
  /** A `moof` and its `mdat`; `undefined` for a pulse. */
  readonly bytes: Buffer | undefined;
}

/** One fragmented MP4 out of two: a header with the tracks of both, fragments in the order of their times. */
export async function* mergeMp4({ picture, rest, cues }: MuxInputs): AsyncGenerator<Buffer, void, undefined> {
  const film = new Mp4Stream(picture, false, noCues);
  const others = rest === undefined ? undefined : new Mp4Stream(rest, true, cues);
  const [filmHeader, otherHeader] = await Promise.all([film.header(), others?.header()]);
  yield mergedHeader(filmHeader, otherHeader ?? []);
  let sequence = 0;
  for await (const { bytes } of mergeByTime(film.units(), others?.units() ?? none())) {
    if (bytes === undefined) continue;
    sequence += 1;
    // Behind the headers of `moof` and `mfhd`, and the flags.
    bytes.writeUInt32BE(sequence, 8 + 8 + 4);
    yield bytes;
  }
}

const noCues: ReadonlyMap<number, CueTimes> = new Map();

async function* none(): AsyncGenerator<Unit, void, undefined> {
  // The film has nothing but its picture.
}

class Mp4Stream {
  #pending: Buffer | undefined;
  /** By track. */
  readonly #tracks = new Map<number, TrackClock>();

  constructor(
    private readonly reader: ByteReader,
    private readonly isRest: boolean,
    private readonly cues: ReadonlyMap<number, CueTimes>,
  ) {}

  /** The boxes before the first fragment. Call it first. */
  async header(): Promise<Box[]> {
    const boxes: Buffer[] = [];
    for (let box = await this.#box(); box !== undefined; box = await this.#box()) {
      if (typeOf(box) === 'moof') {
        this.#pending = box;
        break;
      }
      boxes.push(box);
      if (typeOf(box) === 'moov') this.#learn(box);
    }
    if (this.#tracks.size === 0) throw cutShort();
    return boxes.flatMap((box) => boxesIn(box));
  }

  async *units(): AsyncGenerator<Unit, void, undefined> {
    const cueTracks = new Map<number, CueTrack>();
    for (const [track, times] of this.cues) {
      const clock = this.#tracks.get(track);
      if (clock !== undefined) cueTracks.set(track, new CueTrack(track, clock, times));
    }
    for (let moof = this.#pending; moof !== undefined; moof = await this.#box()) {
      if (typeOf(moof) !== 'moof') continue;
      const mdat = await this.#box();
      if (mdat === undefined || typeOf(mdat) !== 'mdat') throw cutShort();
      const track = boxesAt(moof, 'moof/traf/tfhd')[0]!.body.readUInt32BE(4);
      const tfdt = boxesAt(moof, 'moof/traf/tfdt')[0]!.body;
      const ticks = tfdt[0] === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
      const { timescale, offset } = this.#tracks.get(track) ?? { timescale: 1, offset: 0 };
      const time = ticks / timescale + offset;
      const cueTrack = cueTracks.get(track);
      if (cueTrack !== undefined) {
        yield* cueTrack.mended(moof, mdat);
        continue;
      }
      for (const other of cueTracks.values()) yield* other.passed(time);
      const isPulse = this.isRest && track === mp4Tracks.pictureOrPulse;
      yield { time, bytes: isPulse ? undefined : Buffer.concat([moof, mdat]) };
    }
    for (const cueTrack of cueTracks.values()) yield* cueTrack.passed(Number.POSITIVE_INFINITY);
  }

  #learn(moov: Buffer): void {
    const movieTimescale = timescaleOf(boxesAt(moov, 'moov/mvhd')[0]);
    for (const { body } of boxesAt(moov, 'moov/trak')) {
      const timescale = timescaleOf(boxesAt(body, 'mdia/mdhd')[0]);
      let offset = 0;
      for (const { duration, mediaTime } of editsOf(boxesAt(body, 'edts/elst')[0]))
        offset += mediaTime === -1 ? duration / movieTimescale : -mediaTime / timescale;
      this.#tracks.set(trackOf(boxesAt(body, 'tkhd')[0]), { timescale, offset });
    }
  }

  async #box(): Promise<Buffer | undefined> {
    const short = await this.reader.take(8);
    if (short.length === 0) return undefined;
    const isLong = short.length === 8 && short.readUInt32BE(0) === 1;
    const header = isLong ? Buffer.concat([short, await this.reader.take(8)]) : short;
    const box = readBoxHeader(header, 0);
    if (box === undefined || !Number.isFinite(box.size)) throw cutShort();
    const body = await this.reader.take(box.size - header.length);
    if (body.length < box.size - header.length) throw cutShort();
    return Buffer.concat([header, body]);
  }
}

const typeOf = (box: Buffer): string => box.toString('latin1', 4, 8);

/** Of `mvhd` and `mdhd`, which begin alike. */
function timescaleOf(box: Box | undefined): number {
  if (box === undefined) throw cutShort();
  return box.body.readUInt32BE(box.body[0] === 1 ? 20 : 12);
}

function trackOf(tkhd: Box | undefined): number {
  if (tkhd === undefined) throw cutShort();
  return tkhd.body.readUInt32BE(tkhd.body[0] === 1 ? 20 : 12);
}

function editsOf(elst: Box | undefined): { readonly duration: number; readonly mediaTime: number }[] {
  if (elst === undefined) return [];
  const { body } = elst;
  const isLong = body[0] === 1;
  return Array.from({ length: body.readUInt32BE(4) }, (_, place) => {
    const at = 8 + place * (isLong ? 20 : 12);
    return isLong
      ? { duration: Number(body.readBigUInt64BE(at)), mediaTime: Number(body.readBigInt64BE(at + 8)) }
      : { duration: body.readUInt32BE(at), mediaTime: body.readInt32BE(at + 4) };
  });
}

/** The picture's header with the others' tracks and cover pictures. */
function mergedHeader(film: readonly Box[], others: readonly Box[]): Buffer {
  const moov = film.find(({ type }) => type === 'moov');
  const other = others.find(({ type }) => type === 'moov');
  if (moov === undefined) throw cutShort();
  const before = film.filter(({ type }) => type === 'ftyp').map(({ whole }) => whole);
  if (other === undefined) return Buffer.concat([...before, moov.whole]);
  const isOther = (track: number): boolean => track >= mp4Tracks.firstOther;
  const tracks = boxesAt(other.body, 'trak').filter(({ body }) => isOther(trackOf(boxesAt(body, 'tkhd')[0])));
  const defaults = boxesAt(other.body, 'mvex/trex').filter(({ body }) => isOther(body.readUInt32BE(4)));
  const boxes = boxesIn(moov.body);
  const [picture, ...chapters] = boxes.filter(({ type }) => type === 'trak');
  const inside = boxes.flatMap((box) => {
    if (box.type === 'mvhd') return [withNextTrack(box, mp4Tracks.firstOther + tracks.length)];
    if (box.type === 'mvex') return [...wholes(chapters), makeBox('mvex', box.body, ...wholes(defaults))];
    if (box.type === 'udta' || box === chapters[0]) return [];
    return box === picture ? [box.whole, ...wholes(tracks)] : [box.whole];
  });
  return Buffer.concat([...before, makeBox('moov', ...inside, ...userData(moov, other))]);
}

const wholes = (boxes: readonly Box[]): Buffer[] => boxes.map(({ whole }) => whole);

function withNextTrack({ whole }: Box, next: number): Buffer {
  const copy = Buffer.from(whole);
  copy.writeUInt32BE(next, copy.length - 4);
  return copy;
}

/** `udta/meta/ilst` holds tags, which are in the picture's, and covers, which are in the others'. */
function userData(film: Box, other: Box): Buffer[] {
  const [own] = boxesAt(film.body, 'udta');
  const covers = wholes(boxesIn(itemsOf(other)?.body ?? Buffer.alloc(0)).filter(({ type }) => type === 'covr'));
  if (covers.length === 0) return own === undefined ? [] : [own.whole];
  if (own === undefined || itemsOf(film) === undefined) {
    const rest = own === undefined ? [] : boxesIn(own.body).filter(({ type }) => type !== 'meta');
    return [makeBox('udta', ...wholes(rest), ...wholes(boxesAt(other.body, 'udta/meta')))];
  }
  return [
    mapBoxes(own, ({ type, body }) => {
      if (type !== 'meta') return undefined;
      const inner = boxesIn(body.subarray(4)).map((box) =>
        box.type === 'ilst' ? makeBox('ilst', box.body, ...covers) : box.whole,
      );
      return [makeBox('meta', body.subarray(0, 4), ...inner)];
    }),
  ];
}

/** `meta` has four bytes before its boxes. */
function itemsOf(moov: Box): Box | undefined {
  const [meta] = boxesAt(moov.body, 'udta/meta');
  return meta === undefined ? undefined : boxesIn(meta.body.subarray(4)).find(({ type }) => type === 'ilst');
}
