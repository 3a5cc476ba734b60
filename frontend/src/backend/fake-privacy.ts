import type { Privacy } from './types';

/** As everything is in the beginning. */
export const openPrivacy: Privacy = { readReceipts: true, presence: true, typing: true, route: 'any' };
