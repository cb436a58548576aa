import type { Model, ModelsServiceDefinition } from '@kinemacolor/contracts';
import { listModels } from '@kinemacolor/jobs';
import type { ServiceImplementation } from 'nice-grpc';
import type { Gateway } from './gateway.js';
import type { CallScope } from './guard.js';

/** The models that may be asked for, by name, and each one's versions, newest first; those that were refused are left out. */
export const modelsService = ({ models }: Gateway): ServiceImplementation<ModelsServiceDefinition, CallScope> => ({
  listModels: async () => {
    const listed = await listModels(models);
    return { models: listed.filter(({ refused }) => refused === '').map(({ model }): Model => model) };
  },
});
