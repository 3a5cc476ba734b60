import about from './about';
import network from './network';
import notifications from './notifications';
import picker from './picker';
import shortcuts from './shortcuts';
import switcher from './switcher';

/** Words of parts of the window that come late: they are not in the file that a window starts with. */
export const lateWords = { about, network, notifications, picker, shortcuts, switcher } as const;
