const PACKET = 188;
const CLOCK = 90_000;

/**
 * How far behind its source a transport stream comes out: for each picture, the time between when the source showed it and when
 * it came here.
 */
export class LiveDelay {
  /** Of the pictures so far, milliseconds; the first one's is measured from the beginning of the source. */
  readonly all: number[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #first: number | undefined;

  /** @param began when the source's first picture was shown, on the clock of `performance.now()` */
  constructor(private readonly began: number) {}

  /** Bytes that have come now. */
  add(bytes: Uint8Array): void {
    const now = performance.now();
    const all = Buffer.concat([this.#rest, bytes]);
    const whole = all.length - (all.length % PACKET);
    this.#rest = all.subarray(whole);
    for (let at = 0; at < whole; at += PACKET) {
      const time = pictureTime(all.subarray(at, at + PACKET));
      if (time === undefined) continue;
      this.#first ??= time;
      this.all.push(now - this.began - ((time - this.#first) * 1000) / CLOCK);
    }
  }
}

/** When the picture that begins in this packet is shown, in ticks; undefined when none does. */
function pictureTime(packet: Buffer): number | undefined {
  const begins = (packet[1]! & 0x40) !== 0;
  const adapted = (packet[3]! & 0x20) !== 0 ? 1 + packet[4]! : 0;
  const pes = packet.subarray(4 + adapted);
  const isPicture = begins && pes.length >= 14 && pes.readUIntBE(0, 3) === 1 && (pes[3]! & 0xf0) === 0xe0;
  if (!isPicture || (pes[7]! & 0x80) === 0) return undefined;
  return (pes[9]! & 0x0e) * 2 ** 29 + (pes.readUInt16BE(10) >> 1) * 2 ** 15 + (pes.readUInt16BE(12) >> 1);
}
