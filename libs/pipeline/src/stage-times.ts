/** What one stage took. */
export interface StageTime {
  /** Wall seconds from its start to its end; stages run side by side. */
  readonly seconds: number;
  /** User and system seconds of all its threads and processes. */
  readonly cpuSeconds: number;
}

export interface StageTimes {
  readonly decode: StageTime;
  /** The generator and everything else in this process. */
  readonly colorize: StageTime;
  readonly encode: StageTime;
  /** Joining the parts with the source's sound. */
  readonly finish?: StageTime;
}

/** Measures this process's own CPU, the engine's threads included, from now on. */
export function ownTimer(): () => StageTime {
  const started = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
