import { join } from 'node:path';

import { TENSORFLOW_FOR_PYTHON } from '../versions.mjs';
import { pythonVenv } from './python-venv.mjs';

const FOLDER = 'tensorflow-venv';

/** @param {string} cache @returns {string} the virtual environment whose `bin/python` has TensorFlow */
export function tensorflowVenvFolder(cache) {
  return join(cache, FOLDER);
}

const requirement = TENSORFLOW_FOR_PYTHON.requirements[process.arch];

/** Python's own TensorFlow, which tests load exported models with. Nothing that runs needs it. */
export const tensorflowVenv = pythonVenv({
  name: 'TensorFlow for Python (for tests)',
  what: 'TensorFlow',
  size: '300 MB',
  cure: 'The test that loads an exported model with Python skips without it; npm test tries again each time.',
  folder: FOLDER,
  requirements: requirement === undefined ? undefined : [requirement],
  atLeast: TENSORFLOW_FOR_PYTHON.atLeast,
  below: TENSORFLOW_FOR_PYTHON.below,
});
