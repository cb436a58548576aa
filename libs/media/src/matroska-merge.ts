import { cutShort } from './cut-short.js';
import { elementsIn, makeElement, makeUnsigned, openElement, unsignedOf, type Element } from './ebml.js';
import { ids, MatroskaStream, type Block } from './matroska-read.js';
import { MediaError } from './media-error.js';
import { mergeByTime } from './merge-by-time.js';
import type { MuxInputs } from './mux-inputs.js';

/** Milliseconds that both inputs lie later than the film, so that what begins before 0 can be told. */
export const matroskaLeadMs = 10_000;
const clusterMs = 1000;
/** Those whose number is one byte. */
const maxTracks = 126;
const clusterBytes = 4 << 20;
/** Within how much of an input's beginning its earliest packet is looked for. */
const beginningMs = 500;

/** One streaming Matroska film out of two: the picture is track 1, packets come in the order of their times. */
export async function* mergeMatroska(inputs: MuxInputs): AsyncGenerator<Buffer, void, undefined> {
  const film = new MatroskaStream(inputs.picture);
  const others = inputs.rest === undefined ? undefined : new MatroskaStream(inputs.rest);
  const [filmHeader, otherHeader] = await Promise.all([film.header(), others?.header()]);
  const [ebml, ...level1] = filmHeader;
  if (ebml?.id !== ids.ebml) throw cutShort();
  // The pulse has number 1, which is the picture's here; without it the others make room for the picture.
  const up = inputs.hasPulse ? 0 : 1;
  yield Buffer.concat([ebml.whole, openElement(ids.segment), ...mergedHeader(level1, otherHeader ?? [], up)]);
  const blocks = [await startOf(ofPicture(film)), await startOf(movedUp(others, up))] as const;
  const [first, second] = blocks;
  const shift = Math.min(matroskaLeadMs, first.earliest, second.earliest);
  yield* clusters(mergeByTime(first.blocks, second.blocks), shift);
}

/** The picture's header, with the others' tracks, their tags, and attachments. */
function mergedHeader(film: readonly Element[], others: readonly Element[], up: number): Buffer[] {
  const bodies = (from: readonly Element[], id: number): Element[] =>
    from.filter((element) => element.id === id).flatMap(({ body }) => elementsIn(body));
  const tracks = bodies(others, ids.tracks).flatMap((entry) => renumbered(entry, [ids.trackNumber, ids.trackUid], up));
  const tags = bodies(others, ids.tags).flatMap((tag) => {
    const targets = elementsIn(tag.body).flatMap((inner) =>
      inner.id === ids.targets ? renumbered(inner, [ids.tagTrackUid], up) : [],
    );
    const rest = elementsIn(tag.body).filter(({ id }) => id !== ids.targets);
    return targets.length === 0 ? [] : [makeElement(tag.id, ...targets, ...rest.map(({ whole }) => whole))];
  });
  const whole = (from: readonly Element[], id: number): Buffer[] =>
    from.filter((one) => one.id === id).map((one) => one.whole);
  const joined = (id: number, own: readonly Element[], more: readonly Buffer[]): Buffer[] =>
    own.length + more.length === 0 ? [] : [makeElement(id, ...own.map((one) => one.whole), ...more)];
  return [
    ...whole(film, ids.info),
    ...joined(ids.tracks, bodies(film, ids.tracks), tracks),
    ...whole(film, ids.chapters),
    ...whole(others, ids.attachments),
    ...joined(ids.tags, bodies(film, ids.tags), tags),
  ];
}

/** The element with its numbers moved up; nothing when it is about the pulse. */
function renumbered({ id, body }: Element, numbers: readonly number[], up: number): Buffer[] {
  const inner = elementsIn(body);
  const isPulse = inner.some((one) => numbers.includes(one.id) && unsignedOf(one.body) + up === 1);
  if (isPulse) return [];
  const changed = inner.map((one) =>
    numbers.includes(one.id) ? makeUnsigned(one.id, unsignedOf(one.body) + up) : one.whole,
  );
  return [makeElement(id, ...changed)];
}

interface Placed extends Block {
  /** Only says how far the input is. */
  readonly isPulse: boolean;
}

async function* movedUp(others: MatroskaStream | undefined, up: number): AsyncGenerator<Placed, void, undefined> {
  for await (const block of others?.blocks() ?? []) {
    const track = block.track + up;
    if (track > maxTracks)
      throw new MediaError('UNSUPPORTED', `The film has more than ${maxTracks} streams. Drop some.`);
    block.element[block.trackAt] = 0x80 | track;
    yield { ...block, track, isPulse: track === 1 };
  }
}

async function* ofPicture(film: MatroskaStream): AsyncGenerator<Placed, void, undefined> {
  for await (const block of film.blocks()) yield { ...block, isPulse: false };
}

/** Reads on until the earliest time is known: pictures and sounds are not written in the order in which they begin. */
async function startOf(
  blocks: AsyncGenerator<Placed, void, undefined>,
): Promise<{ readonly earliest: number; readonly blocks: AsyncGenerator<Placed, void, undefined> }> {
  const early: Placed[] = [];
  for (let next = await blocks.next(); next.done !== true; next = await blocks.next()) {
    early.push(next.value);
    if (next.value.time > early[0]!.time + beginningMs) break;
  }
  async function* again(): AsyncGenerator<Placed, void, undefined> {
    yield* early.splice(0);
    yield* blocks;
  }
  const times = early.filter(({ isPulse }) => !isPulse).map(({ time }) => time);
  return { earliest: Math.min(...times), blocks: again() };
}

/** Packs packets into clusters: a new one for each key frame of the picture, each second, and some megabytes. */
async function* clusters(blocks: AsyncIterable<Placed>, shift: number): AsyncGenerator<Buffer, void, undefined> {
  let start = 0;
  let bytes = 0;
  let packed: Buffer[] = [];
  const close = (): Buffer => makeElement(ids.cluster, makeUnsigned(ids.timestamp, start), ...packed);
  for await (const { track, key, time, element, timeAt, isPulse } of blocks) {
    const age = time - shift - start;
    const isFull = bytes > clusterBytes || (age >= clusterMs && bytes > 0) || Math.abs(age) > 0x7fff;
    if (bytes > 0 && (isFull || (track === 1 && key && !isPulse))) {
      yield close();
      packed = [];
      bytes = 0;
    }
    if (isPulse) continue;
    if (bytes === 0) start = Math.max(0, time - shift);
    element.writeInt16BE(time - shift - start, timeAt);
    packed.push(element);
    bytes += element.length;
  }
  if (bytes > 0) yield close();
}
