import type { ByteReader } from './byte-reader.js';
import { cutShort } from './cut-short.js';
import { mergeByTime } from './merge-by-time.js';
import type { MuxInputs } from './mux-inputs.js';
import {
  packetsOf,
  payloadOf,
  pidOf,
  programMapPidOf,
  startsUnit,
  streamsFrom,
  tableOf,
  withStreams,
} from './transport-tables.js';

/** Number of the picture's packets; the others' are above. In the other input it is the pulse's. */
export const picturePid = 0x100;
const packetBytes = 188;
const associationPid = 0;
const firstFramePid = 0x20;
/** The clock has 33 bits. */
const clockTicks = 2 ** 33;

interface Unit {
  /** False for the picture's. */
  readonly isRest: boolean;
  /** Ticks of 1/90000 s, when it is decoded. */
  readonly time: number;
  /** Number of its frame's packets. */
  readonly pid: number;
  /** From the start of a frame to the start of the next, with the tables between. */
  readonly packets: readonly Buffer[];
}

/** One transport stream out of two: the picture's tables with the others' streams added, frames in decode order. */
export async function* mergeTransport({ picture, rest }: MuxInputs): AsyncGenerator<Buffer, void, undefined> {
  const film = new TransportStream(picture, false);
  const others = new TransportStream(rest, true);
  const [units, otherUnits] = await Promise.all([begun(film), begun(others)]);
  const added = others.map === undefined ? [] : streamsFrom(others.map, picturePid + 1);
  if (film.map === undefined) throw cutShort();
  const map = withStreams(film.map, added);
  let mapPackets = 0;
  for await (const { packets, pid, isRest } of mergeByTime(units, otherUnits)) {
    if (isRest && pid <= picturePid) continue;
    const wanted = packets.flatMap((packet) => {
      if (isRest) return pidOf(packet) === pid ? [packet] : [];
      if (pidOf(packet) !== film.mapPid) return [packet];
      const tables = startsUnit(packet) ? packetsOf(map, film.mapPid, mapPackets) : [];
      mapPackets += tables.length;
      return tables;
    });
    yield Buffer.concat(wanted);
  }
}

class TransportStream {
  /** Number of the programme map's packets, and the map, once they came. */
  mapPid = -1;
  map: Buffer | undefined;
  #mapPackets: Buffer[] = [];
  #latest = 0;

  constructor(
    private readonly reader: ByteReader | undefined,
    private readonly isRest: boolean,
  ) {}

  async *units(): AsyncGenerator<Unit, void, undefined> {
    const { reader, isRest } = this;
    if (reader === undefined) return;
    let packets: Buffer[] = [];
    let frame: { readonly time: number; readonly pid: number } | undefined;
    for (let packet = await reader.take(packetBytes); packet.length > 0; packet = await reader.take(packetBytes)) {
      if (packet.length < packetBytes || packet[0] !== 0x47) throw cutShort();
      const pid = pidOf(packet);
      this.#learn(packet, pid);
      if (startsUnit(packet) && pid >= firstFramePid && pid !== this.mapPid) {
        // The tables at the beginning go before everything else.
        yield { ...(frame ?? { time: Number.NEGATIVE_INFINITY, pid: picturePid }), packets, isRest };
        packets = [];
        frame = { time: this.#timeOf(payloadOf(packet)), pid };
      }
      packets.push(packet);
    }
    if (frame !== undefined) yield { ...frame, packets, isRest };
  }

  #learn(packet: Buffer, pid: number): void {
    if (this.map !== undefined) return;
    if (pid === associationPid) {
      const table = tableOf([packet]);
      if (table !== undefined) this.mapPid = programMapPidOf(table);
    } else if (pid === this.mapPid) {
      this.#mapPackets = startsUnit(packet) ? [packet] : [...this.#mapPackets, packet];
      this.map = tableOf(this.#mapPackets);
    }
  }

  /** The frame's decode time, else when it is shown, else that of the frame before. Counts on where the clock starts anew. */
  #timeOf(header: Buffer): number {
    const flags = header.length < 19 ? 0 : header[7]! >> 6;
    if (flags < 2) return this.#latest;
    const at = flags === 3 ? 14 : 9;
    const high = (header[at]! >> 1) & 7;
    const ticks = high * 2 ** 30 + (header.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (header.readUInt16BE(at + 3) >> 1);
    const step = (((ticks - this.#latest) % clockTicks) + clockTicks) % clockTicks;
    this.#latest += step < clockTicks / 2 ? step : step - clockTicks;
    return this.#latest;
  }
}

/** The units, when the first one was read: then the tables before it are known. */
async function begun(stream: TransportStream): Promise<AsyncGenerator<Unit, void, undefined>> {
  const units = stream.units();
  const first = await units.next();
  async function* all(): AsyncGenerator<Unit, void, undefined> {
    if (first.done === true) return;
    yield first.value;
    yield* units;
  }
  return all();
}
