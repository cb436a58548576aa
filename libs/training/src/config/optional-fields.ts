import { z } from 'zod';
import { trainingSchema } from './schema.js';

/** A field of a config that has no default, so that a whole config need not show it. */
export interface OptionalField {
  /** As in `stages[].discriminator`. */
  readonly name: string;
  readonly description: string;
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly description?: string;
}

/** What may be added to a config that has all defaults filled in. */
export function optionalFields(): OptionalField[] {
  return within(z.toJSONSchema(trainingSchema, { io: 'output' }) as Shape, '');
}

function within({ properties = {}, required = [], items }: Shape, at: string): OptionalField[] {
  const fields = Object.entries(properties).flatMap(([name, shape]): OptionalField[] => {
    const place = at === '' ? name : `${at}.${name}`;
    if (!required.includes(name)) return [{ name: place, description: shape.description ?? '' }];
    return within(shape, place);
  });
  return items === undefined ? fields : [...fields, ...within(items, `${at}[]`)];
}
