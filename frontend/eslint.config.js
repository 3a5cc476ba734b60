import boundaries from 'eslint-plugin-boundaries';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const elements = [
  { type: 'backend', pattern: 'src/backend' },
  { type: 'model', pattern: 'src/model' },
  { type: 'ui', pattern: 'src/ui' },
  { type: 'i18n', pattern: 'src/i18n' },
  { type: 'styles', pattern: 'src/styles' },
  { type: 'feature', pattern: 'src/features/*', capture: ['name'] },
  { type: 'app', pattern: 'src/app' },
  { type: 'workshop', pattern: 'src/workshop' },
  { type: 'testing', pattern: 'src/testing' },
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '.cache', 'wailsjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['src/**/*.{ts,tsx}', 'vite.config.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'react-hooks': reactHooks, boundaries },
    settings: {
      'boundaries/elements': elements,
      'boundaries/include': ['src/**/*'],
      'import/resolver': { typescript: { project: './tsconfig.json' } },
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // What each part of src may import; README.md says the same.
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            {
              from: {
                element: {
                  types: { anyOf: ['backend', 'i18n', 'model', 'ui', 'feature', 'app', 'workshop', 'testing'] },
                },
              },
              allow: { to: { module: { origin: 'external' } } },
            },
            // What tests draw with.
            {
              from: { element: { types: { anyOf: ['i18n', 'model', 'ui', 'feature', 'app'] } } },
              allow: { to: { element: { type: 'testing' } } },
            },
            { from: { element: { type: 'i18n' } }, allow: { to: { element: { type: 'backend' } } } },
            { from: { element: { type: 'model' } }, allow: { to: { element: { type: 'backend' } } } },
            { from: { element: { type: 'ui' } }, allow: { to: { element: { type: 'i18n' } } } },
            {
              from: { element: { type: 'feature' } },
              allow: { to: { element: { types: { anyOf: ['backend', 'i18n', 'model', 'ui'] } } } },
            },
            {
              from: { element: { type: 'workshop' } },
              allow: { to: { element: { types: { anyOf: ['backend', 'i18n', 'ui'] } } } },
            },
            {
              from: { element: { type: 'app' } },
              allow: { to: { element: { types: { anyOf: ['backend', 'i18n', 'model', 'ui', 'feature', 'styles'] } } } },
            },
          ],
        },
      ],
      // Only src/backend may import what Go generates.
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/wailsjs/**'], message: 'Only src/backend imports the generated bindings.' }] },
      ],
    },
  },
  {
    files: ['src/backend/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked },
);
