import type { Writable } from 'node:stream';
import type { Spool } from './spool.js';

/** An exact fraction; a time base of `{ num: 1, den: 90000 }` means ticks of 1/90000 s. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** Where a film comes from: a file that can be opened again and again, or bytes that pass once and are kept in a spool. */
export type MediaSource =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'stream';
      readonly spool: Spool;
      /** Of film that ffmpeg looks at before its first picture, milliseconds; default: its own, 5 s of what has no header. */
      readonly analyzeMs?: number;
    };

export type ColourRange = 'limited' | 'full';
export type Subsampling = '420' | '422' | '444' | '440' | '411' | '410' | 'none';

export interface PixelFormat {
  /** ffmpeg's name, such as `yuv420p10le`. */
  readonly name: string;
  /** Bits a sample: 8, 9, 10, 12, 14 or 16. */
  readonly bitDepth: number;
  /** `none` for grey, RGB and palette pictures. */
  readonly subsampling: Subsampling;
  readonly isGray: boolean;
  /** RGB or palette. */
  readonly isRgb: boolean;
}

/** The source's colour tags in ffmpeg's words (`bt709`, `smpte170m`, …); `undefined` where the source says nothing. */
export interface ColourTags {
  readonly space: string | undefined;
  readonly primaries: string | undefined;
  readonly transfer: string | undefined;
  readonly range: ColourRange | undefined;
}

export interface VideoStream {
  /** Index of the stream in the container (what `-map 0:<index>` takes). */
  readonly index: number;
  readonly codec: string;
  /** Pixels upright, after rotation; not stretched by the sample aspect ratio. */
  readonly width: number;
  readonly height: number;
  /** Clockwise turn that the player must make: 0, 90, 180 or 270 degrees. */
  readonly rotation: number;
  /** Shape of one upright pixel; 1/1 when square or unknown. */
  readonly sampleAspectRatio: Rational;
  readonly pixelFormat: PixelFormat;
  readonly timeBase: Rational;
  /** Frames a second; `undefined` when the container gives none. */
  readonly averageFrameRate: Rational | undefined;
  /** Start of the stream in seconds, as the container says. */
  readonly startTime: number | undefined;
  /** Seconds of this stream by itself, as the container says; `undefined` when it does not. */
  readonly duration: number | undefined;
  /** Frames as the container's index counts them; `undefined` when it does not. */
  readonly frameCount: number | undefined;
  /** Frames by the index, else duration × frame rate; `undefined` when neither is known. For progress only. */
  readonly expectedFrames: number | undefined;
  readonly colour: ColourTags;
  /** `progressive`, `tt`, `bb`, `tb`, `bt` or `unknown`. */
  readonly fieldOrder: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type OtherStreamKind = 'audio' | 'subtitle' | 'attachment' | 'cover' | 'data' | 'video';

/** A stream that is not the film's picture. `video` is a second or later picture stream. */
export interface OtherStream {
  readonly index: number;
  readonly kind: OtherStreamKind;
  readonly codec: string;
  readonly language: string | undefined;
  readonly title: string | undefined;
}

/** A part of the film that players can jump to; times in ticks of its own time base. */
export interface Chapter {
  readonly start: number;
  readonly end: number;
  readonly timeBase: Rational;
  readonly tags: Readonly<Record<string, string>>;
}

export interface MediaInfo {
  readonly source: MediaSource;
  /** For messages: the path, or the spool's name. */
  readonly name: string;
  /** ffmpeg's demuxer name, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** Seconds. */
  readonly startTime: number;
  /** Seconds; `undefined` when unknown (a stream that still comes in). */
  readonly duration: number | undefined;
  /** Bytes; `undefined` for a stream. */
  readonly size: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly video: VideoStream;
  readonly others: readonly OtherStream[];
  readonly chapters: number;
  readonly chapterList: readonly Chapter[];
  /** True when a stream could not be read as it came (an MP4 with its index at the end) and was kept whole on disk first. */
  readonly spooled: boolean;
}

/** One small upright grey picture. */
export interface LumaFrame {
  /** Number of the decoded frame in the film, from 0. */
  readonly index: number;
  /** Exact time in the video stream's time base, not shifted. */
  readonly pts: bigint;
  /** width × height bytes, full range: 0 is black, 255 is white. */
  readonly luma: Uint8Array;
}

export interface LumaOptions {
  readonly width: number;
  readonly height: number;
  /** First frame to give, by index; the ones before are decoded and dropped. Default 0. */
  readonly startFrame?: number;
  /** Decoder threads; 0 lets ffmpeg choose (default). Each one more holds a frame back. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface LumaStats {
  /** Frames given out so far. */
  readonly frames: number;
  /** CPU seconds of ffmpeg, user and system; 0 until it ended. */
  readonly cpuSeconds: number;
  /** Decoder errors that ffmpeg reported: damaged pictures, missing references. */
  readonly decodeErrors: number;
}

/** The film's small luma, in order. Iterate once. A consumer that stops reading stops ffmpeg. */
export interface LumaReader extends AsyncIterable<LumaFrame> {
  /** Kills ffmpeg when it still runs; resolves when it is gone. Idempotent. */
  close(): Promise<void>;
  stats(): LumaStats;
}

/** Two small colour-difference planes, width × height bytes each: full-range BT.601 (JPEG) Cb and Cr, 128 is neutral. */
export interface ChromaFrame {
  readonly index: number;
  /** The `pts` of the luma frame that it belongs to. */
  readonly pts: bigint;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

export type VideoCodec = 'h264' | 'hevc' | 'av1' | 'ffv1' | 'prores';

/**
 * Where the film goes. `part`: video only, as a file that survives a crash and can be continued and joined (`joinFilm`).
 * `stream`: the whole film with its sound and subtitles, to a file descriptor or a writable.
 */
export type SinkTarget =
  | {
      readonly kind: 'part';
      readonly path: string;
      /** First frame of this part; a multiple of `segmentFrames`. Default 0. */
      readonly startFrame?: number;
    }
  | { readonly kind: 'stream'; readonly to: Writable | number; readonly container: 'matroska' | 'mp4' };

export interface EncodeOptions {
  /** Default `h264`. */
  readonly codec?: VideoCodec;
  /** Quality, in the encoder's own scale; ignored by ffv1 and prores. */
  readonly crf?: number;
  /** The encoder's own preset name or number; ignored by ffv1 and prores. */
  readonly preset?: string;
  /** Encoder threads; 0 lets the encoder choose (default). */
  readonly threads?: number;
  /** Default `420` for h264, hevc and av1 and `source` for ffv1 and prores. */
  readonly subsampling?: '420' | '422' | '444' | 'source';
  /** For a live stream: h264 and hevc look at no frame ahead, and give each one out at once. */
  readonly lowDelay?: boolean;
}

/** What every sink of chroma needs to know, wherever the film goes. */
export interface ChromaOptions extends EncodeOptions {
  /** Size of the chroma planes that will be written. */
  readonly width: number;
  readonly height: number;
  /** Frames between forced key frames, counted from the film's first. Default 240. */
  readonly segmentFrames?: number;
  /** Multiplies the distance from neutral; 0 is grey, 1 as the model made it. Default 1. */
  readonly saturation?: number;
  /** Told, ten times a second, how many of the frames that this sink was given are encoded. */
  readonly onEncoded?: (frames: number) => void;
  readonly signal?: AbortSignal;
}

export interface ChromaSinkOptions extends ChromaOptions {
  readonly target: SinkTarget;
}

export interface SinkResult {
  readonly frames: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** Takes the chroma of every frame, in order and without gaps, and writes the colour film. */
export interface ChromaSink {
  /** Resolves when there is room for the next frame. @throws MediaError `OUT_OF_ORDER`, or what ended ffmpeg. */
  write(frame: ChromaFrame): Promise<void>;
  /** Ends the film. @throws MediaError `FRAME_MISMATCH` when source and chroma do not have the same frames. */
  finish(): Promise<SinkResult>;
  /** Kills ffmpeg and resolves when it is gone; what a part already holds stays. Idempotent. */
  abort(): Promise<void>;
}

/** What a part on disk holds, whole frames only. */
export interface PartInfo {
  readonly path: string;
  /** Number in the film of its first frame. */
  readonly startFrame: number;
  /** Time of its first frame, in the source's time base. */
  readonly startPts: bigint;
  readonly timeBase: Rational;
  readonly frames: number;
  /** Frame numbers inside the part, from 0, where decoding can start and where it can be cut. */
  readonly keyFrames: readonly number[];
}

/** What happens to one stream of the source in the target container. */
export interface StreamPlan {
  readonly stream: OtherStream;
  readonly action: 'copy' | 'transcode' | 'drop';
  /** ffmpeg's encoder name for `transcode`. */
  readonly encoder: string | undefined;
  /** Why it is not a plain copy; `undefined` for a copy. */
  readonly reason: string | undefined;
}

export type TargetContainer = 'mp4' | 'mov' | 'matroska' | 'webm' | 'avi' | 'mpegts';

export interface IntegrityReport {
  /** Video frames that the container gives out. */
  readonly framesReadable: number;
  /** Frames that its index promises; without one an estimate when the film is cut off, else `undefined`. */
  readonly framesExpected: number | undefined;
  /** Seconds of video that can be read. */
  readonly secondsReadable: number;
  readonly secondsExpected: number | undefined;
  /** Errors that the demuxer reported on the way. */
  readonly errors: number;
  /** True when the file ends before what it promises. */
  readonly truncated: boolean;
}
