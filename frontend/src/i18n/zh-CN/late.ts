import about from './about';
import shortcuts from './shortcuts';
import switcher from './switcher';

/** 见 en/late.ts。 */
export const lateWords = { about, shortcuts, switcher };
