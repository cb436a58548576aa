import { messageOf } from './tell.js';
import { FilmLatency } from '@kinemacolor/pipeline';
import {
  emitFrame,
  emitSpan,
  emitStages,
  FrameSampler,
  LatencyRecorder,
  newFrameContext,
  newSpanContext,
  nowUs,
  SPANS,
  STAGES,
  TraceFile,
  type Borders,
  type LatencySummary,
} from '@kinemacolor/telemetry';

export interface FilmTraceOptions {
  /** The film's name. */
  readonly film: string;
  /** Also written down there, for Perfetto. */
  readonly file: string | undefined;
  /** Share of the frames that become spans, where telemetry is sent at all. */
  readonly traceFrames: number;
}

/** Everything that is told of where the time of one film's frames goes. */
export class FilmTrace {
  /** For the stages. */
  readonly latency = new FilmLatency((index, borders) => {
    this.#over(index, borders);
  });
  readonly #recorder = new LatencyRecorder();
  readonly #file: TraceFile | undefined;
  readonly #sampler: FrameSampler;
  readonly #began = nowUs();
  readonly #span = newSpanContext(SPANS.job);

  /** @throws the system's error when the file cannot be written */
  constructor({ film, file, traceFrames }: FilmTraceOptions) {
    this.#file = file === undefined ? undefined : new TraceFile(file, film);
    this.#sampler = new FrameSampler(traceFrames);
  }

  /**
   * The film has ended, however it did.
   * @param warn told when the file is not whole
   */
  end(warn: (message: string) => void, error?: string): LatencySummary {
    const failure = this.#file?.close();
    if (failure !== undefined) warn(`the trace file is not whole: ${messageOf(failure).message}`);
    if (this.#span !== undefined) {
      const { self, parent } = this.#span;
      emitSpan(SPANS.job, { startUs: this.#began, endUs: nowUs(), self, parent, error });
    }
    return this.#recorder.summary();
  }

  #over(index: number, borders: Borders): void {
    this.#recorder.add(borders);
    this.#file?.frame(index, borders);
    const frame = this.#sampler.takes(index) ? newFrameContext(this.#span?.self) : undefined;
    if (frame === undefined) return;
    emitStages(frame, borders, STAGES, { frame: index });
    emitFrame(frame, this.#span?.self, borders, { frame: index });
  }
}
