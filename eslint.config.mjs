import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * The directions of `tools/adr/0003-layout-and-boundaries.md`, kept by machine: a wrong import fails `npm run lint`.
 * `tools/setup/boundaries.spec.mjs` proves that it does.
 */
export const depConstraints = [
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib'] },
  { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib'] },
  {
    sourceTag: 'domain:ml',
    onlyDependOnLibsWithTags: ['domain:ml', 'domain:core', 'domain:testing'],
    bannedExternalImports: ['nats', '@nats-io/*', 'fluent-ffmpeg', '@grpc/*', 'nice-grpc*'],
  },
  {
    sourceTag: 'domain:media',
    onlyDependOnLibsWithTags: ['domain:media', 'domain:core', 'domain:testing'],
    bannedExternalImports: ['@tensorflow/*', 'nats', '@nats-io/*', '@grpc/*', 'nice-grpc*'],
  },
  {
    sourceTag: 'domain:streaming',
    onlyDependOnLibsWithTags: ['domain:streaming', 'domain:contracts', 'domain:core', 'domain:testing'],
    bannedExternalImports: ['@tensorflow/*', 'fluent-ffmpeg', '@grpc/*', 'nice-grpc*'],
  },
  { sourceTag: 'domain:core', onlyDependOnLibsWithTags: ['domain:core', 'domain:testing'] },
  { sourceTag: 'domain:testing', onlyDependOnLibsWithTags: ['domain:testing', 'domain:core'] },
  {
    sourceTag: 'domain:pipeline',
    onlyDependOnLibsWithTags: ['domain:pipeline', 'domain:ml', 'domain:media', 'domain:core', 'domain:testing'],
    bannedExternalImports: ['nats', '@nats-io/*', '@grpc/*', 'nice-grpc*'],
  },
  // What both sides of the wire share, a client's too: it stands alone.
  {
    sourceTag: 'domain:contracts',
    onlyDependOnLibsWithTags: ['domain:contracts'],
    bannedExternalImports: ['@tensorflow/*', 'nats', '@nats-io/*', 'fluent-ffmpeg'],
  },
  // What somebody else's program takes in: the contracts and nothing of the services.
  {
    sourceTag: 'domain:client',
    onlyDependOnLibsWithTags: ['domain:client', 'domain:contracts', 'domain:testing'],
    bannedExternalImports: ['@tensorflow/*', 'nats', '@nats-io/*', 'fluent-ffmpeg'],
  },
  { sourceTag: 'domain:app', onlyDependOnLibsWithTags: ['type:lib'] },
  // The trainer joins the two.
  { sourceTag: 'part:losses', notDependOnLibsWithTags: ['part:models'] },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'out/**',
      'runs/**',
      '.nx/**',
      '**/src/generated/**',
      'vitest.config.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          banTransitiveDependencies: true,
          enforceBuildableLibDependency: true,
          // The command loads gRPC only where a service is asked; its errors are known without it.
          checkDynamicDependenciesExceptions: ['@kinemacolor/client', '@kinemacolor/client/**'],
          depConstraints,
        },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration[exported=null]',
          message: 'Name what is exported: the index is a reviewed list.',
        },
      ],
    },
  },
  { files: ['**/*.mjs', '**/*.js'], extends: [tseslint.configs.base], languageOptions: { globals: {} } },
  prettier,
);
