import { GRPC_FOR_PYTHON } from '../versions.mjs';
import { pythonVenv } from './python-venv.mjs';

/** Python's own gRPC, which a test talks to the services with from outside. Nothing that runs needs it. */
export const grpcVenv = pythonVenv({
  name: 'gRPC for Python (for tests)',
  what: 'gRPC',
  size: '10 MB',
  cure: 'The test of the Python client skips without it; npm test tries again each time.',
  folder: 'grpc-venv',
  ...GRPC_FOR_PYTHON,
});
