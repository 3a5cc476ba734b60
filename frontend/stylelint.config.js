// Colours, fonts and durations come from tokens.css; src/styles/tokens.test.ts checks that every token used is a known one.
// Sides are named by where text begins and ends, so that a language written from right to left finds the window the other way round.
const oneSided = '/^[^\\s,]+ (\\S+) \\S+ (?!\\1$)\\S+$/';
const oneSidedCorners = '/^(\\S+) (?!\\1 )\\S+ \\S+ \\S+$|^\\S+ \\S+ (\\S+) (?!\\2$)\\S+$/';

export default {
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  ignoreFiles: ['src/styles/tokens.css', 'dist/**', 'node_modules/**'],
  rules: {
    'block-no-empty': true,
    'color-no-hex': true,
    'color-named': 'never',
    'declaration-property-value-disallowed-list': {
      'text-align': ['left', 'right'],
      float: ['left', 'right'],
      clear: ['left', 'right'],
      '/^(margin|padding|inset|scroll-margin|scroll-padding)$/': [oneSided],
      'border-radius': [oneSidedCorners],
    },
    'declaration-block-no-duplicate-properties': true,
    'declaration-no-important': true,
    'font-family-no-missing-generic-family-keyword': true,
    'function-disallowed-list': ['rgb', 'rgba', 'hsl', 'hsla'],
    'property-disallowed-list': [
      'left',
      'right',
      '/^(scroll-)?(margin|padding)-(left|right)$/',
      '/^border-(left|right)(-(width|style|color))?$/',
      '/^border-(top|bottom)-(left|right)-radius$/',
    ],
    'no-descending-specificity': null,
    'no-duplicate-selectors': true,
    'property-no-unknown': [true, { ignoreProperties: ['composes'] }],
    'selector-class-pattern': '^[a-z][a-zA-Z0-9]*$',
    'selector-pseudo-class-no-unknown': [true, { ignorePseudoClasses: ['global'] }],
    'unit-allowed-list': ['px', '%', 'ms', 's', 'em', 'ch', 'vh', 'vw', 'deg', 'fr', 'dvh'],
  },
};
