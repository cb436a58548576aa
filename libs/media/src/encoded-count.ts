/**
 * How many frames an encoder has given out, from what ffmpeg prints with `-progress`. From version 6 on its `frame=` counts just
 * these. Before, it counts the frames that were fed in, and an encoder that looks ahead holds dozens back; then those that
 * were in before anything came out are taken off, since an encoder holds as many all the while. It is known to what goes in
 * between two reports, and the frames held at the very end are told with the end.
 */
export class EncodedCount {
  /** As the last report had it; after the last one all are out. */
  frames = 0;
  #held = 0;
  #anyOut: boolean;

  /**
   * @param version as ffmpeg names itself; what is no number is newer
   * @param onEncoded told by each report how many are out
   */
  constructor(
    version: string,
    private readonly onEncoded: ((frames: number) => void) | undefined,
  ) {
    this.#anyOut = !(Number.parseInt(version) < 6);
  }

  /** A line of a report. */
  line(text: string): void {
    const [, key = '', value = ''] = /^(\w+)=\s*(\S+)/.exec(text) ?? [];
    if (key === 'frame') this.frames = Number(value);
    // The quality of the last packet, and the time up to which packets are out. Some encoders have no quality, and the time begins
    // at 0 with the first report that has one: together they tell soon enough.
    else if (/^stream_\d+_\d+_q$|^out_time_us$/.test(key) && Number(value)) this.#anyOut = true;
    else if (key === 'progress') this.#report(value === 'end');
  }

  #report(end: boolean): void {
    if (!this.#anyOut) this.#held = this.frames;
    this.onEncoded?.(end ? this.frames : this.frames - this.#held);
  }
}
