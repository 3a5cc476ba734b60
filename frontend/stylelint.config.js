// Colours, fonts and durations come from tokens.css; src/styles/tokens.test.ts checks that every token used is a known one.
export default {
  ignoreFiles: ['src/styles/tokens.css', 'dist/**', 'node_modules/**'],
  rules: {
    'block-no-empty': true,
    'color-no-hex': true,
    'color-named': 'never',
    'declaration-block-no-duplicate-properties': true,
    'declaration-no-important': true,
    'font-family-no-missing-generic-family-keyword': true,
    'function-disallowed-list': ['rgb', 'rgba', 'hsl', 'hsla'],
    'no-descending-specificity': null,
    'no-duplicate-selectors': true,
    'property-no-unknown': [true, { ignoreProperties: ['composes'] }],
    'selector-class-pattern': '^[a-z][a-zA-Z0-9]*$',
    'selector-pseudo-class-no-unknown': [true, { ignorePseudoClasses: ['global'] }],
    'unit-allowed-list': ['px', '%', 'ms', 's', 'em', 'ch', 'vh', 'vw', 'deg', 'fr', 'dvh'],
  },
};
