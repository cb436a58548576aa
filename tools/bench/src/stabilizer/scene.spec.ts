import { expect, test } from 'vitest';
import { normal, smoothField, uniform } from './random.js';
import { scene, view } from './scene.js';

test('numbers repeat for a seed and differ between seeds', () => {
  const first = uniform(1);
  const again = uniform(1);
  const other = uniform(2);
  const values = Array.from({ length: 1000 }, () => first());
  expect(Array.from({ length: 1000 }, () => again())).toEqual(values);
  expect(other()).not.toBe(values[0]);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
});

test('normal numbers have mean 0 and variance 1', () => {
  const next = normal(3);
  const values = Array.from({ length: 20_000 }, next);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
});

test('a smooth field goes through its corners and is straight between them', () => {
  let corner = 0;
  const field = smoothField(5, 3, 4, () => corner++);
  expect(Array.from(field.subarray(0, 5))).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test('a view at whole pixels is a cutting, between pixels the mean of its neighbours', () => {
  const world = scene(40, 30, 5);
  const cut = view(world, 3, 2, 8, 8);
  expect(cut.u[0]).toBe(world.u[2 * 40 + 3]);
  expect(cut.y[9]).toBe(world.y[3 * 40 + 4]);
  expect(view(world, 3.5, 2, 8, 8).y[0]).toBeCloseTo((world.y[83]! + world.y[84]!) / 2, 3);
});

test('a scene has colours that differ, within what bytes hold', () => {
  const { u, y } = scene(320, 184, 1908);
  expect(Math.max(...u) - Math.min(...u)).toBeGreaterThan(20);
  expect(Math.min(...y)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...y)).toBeLessThanOrEqual(255);
});
