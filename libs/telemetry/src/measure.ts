import { metrics, type Counter, type Histogram, type MetricOptions } from '@opentelemetry/api';
import { toAttributes, type Facts } from './attributes.js';
import { SCOPE } from './emit-span.js';
import type { MetricName } from './names.js';

/** Upper borders of the histograms' buckets, by unit: frames take milliseconds to minutes. */
const BUCKETS: Readonly<Record<string, readonly number[]>> = {
  s: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600],
  '{frame}': [1, 2, 4, 8, 16, 32, 64, 128],
  '1': [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100],
  '{level}': [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
};

const counters = new Map<string, Counter>();
const histograms = new Map<string, Histogram>();

/** Instruments that were made before there was anything to measure for do nothing for ever. */
export function forgetInstruments(): void {
  counters.clear();
  histograms.clear();
}

function optionsOf({ unit, description, kind }: MetricName): MetricOptions {
  const buckets = BUCKETS[unit];
  if (kind !== 'histogram' || buckets === undefined) return { unit, description };
  return { unit, description, advice: { explicitBucketBoundaries: [...buckets] } };
}

/** Adds to a counter. */
export function count(metric: MetricName<'counter'>, by: number, facts?: Facts): void {
  let counter = counters.get(metric.name);
  if (counter === undefined) {
    counter = metrics.getMeter(SCOPE).createCounter(metric.name, optionsOf(metric));
    counters.set(metric.name, counter);
  }
  counter.add(by, toAttributes(facts));
}

/** Puts a value into a histogram. */
export function measure(metric: MetricName<'histogram'>, value: number, facts?: Facts): void {
  let histogram = histograms.get(metric.name);
  if (histogram === undefined) {
    histogram = metrics.getMeter(SCOPE).createHistogram(metric.name, optionsOf(metric));
    histograms.set(metric.name, histogram);
  }
  histogram.record(value, toAttributes(facts));
}

export type Observe = (value: number, facts?: Facts) => void;

/**
 * Reads a gauge whenever metrics are collected.
 * @param read a failure leaves this reading out
 * @returns ends it
 */
export function watchGauge(metric: MetricName<'gauge'>, read: (observe: Observe) => Promise<void> | void): () => void {
  const gauge = metrics.getMeter(SCOPE).createObservableGauge(metric.name, optionsOf(metric));
  const callback: Parameters<typeof gauge.addCallback>[0] = async (result) => {
    await read((value, facts) => {
      result.observe(value, toAttributes(facts));
    });
  };
  gauge.addCallback(callback);
  return () => {
    gauge.removeCallback(callback);
  };
}
