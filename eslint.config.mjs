import tseslint from 'typescript-eslint';

const domain = ['services/*/src/domain/**/*.ts'];
const tests = ['**/*.test.ts'];

/**
 * Biome lints everything else. ESLint is here for what needs types: a floating promise is a lost
 * acknowledgement, and Biome misses some. It also keeps `Math.random` out of the domain, because
 * Biome can restrict globals but not one member of one.
 */
export default [
  { ignores: ['**/node_modules/', '.local/', '**/dist/'] },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          // The runner itself waits for what these return.
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      // Inside try, `return promise` without await skips the catch and the finally.
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
    },
  },
  {
    files: domain,
    ignores: tests,
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'A decision knows no randomness: take the value as an argument.',
        },
      ],
    },
  },
];
