import about from './about';
import network from './network';
import notifications from './notifications';
import picker from './picker';
import shortcuts from './shortcuts';
import switcher from './switcher';

/** 见 en/late.ts。 */
export const lateWords = { about, network, notifications, picker, shortcuts, switcher };
