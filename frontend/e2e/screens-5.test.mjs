// A sixth of all screens: see screens.mjs.
import { judgeScreens } from './screens.mjs';

judgeScreens(4);
