/** The part of fluent-ffmpeg that is used: it builds an argument list, nothing more. */
declare module 'fluent-ffmpeg' {
  export interface ArgumentBuilder {
    input(source: string): this;
    inputOptions(...options: string[]): this;
    complexFilter(graph: string): this;
    output(target: string): this;
    outputOptions(...options: string[]): this;
    _getArguments(): string[];
  }
  export default function fluentFfmpeg(): ArgumentBuilder;
}
