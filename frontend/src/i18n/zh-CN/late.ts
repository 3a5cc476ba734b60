import about from './about';
import network from './network';
import shortcuts from './shortcuts';
import switcher from './switcher';

/** 见 en/late.ts。 */
export const lateWords = { about, network, shortcuts, switcher };
