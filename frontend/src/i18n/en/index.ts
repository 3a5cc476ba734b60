import addcontact from './addcontact';
import app from './app';
import bans from './bans';
import composer from './composer';
import conversations from './conversations';
import delivery from './delivery';
import details from './details';
import emoji from './emoji';
import errors from './errors';
import firstrun from './firstrun';
import keychange from './keychange';
import line from './line';
import lock from './lock';
import manage from './manage';
import message from './message';
import problems from './problems';
import repair from './repair';
import requests from './requests';
import route from './route';
import search from './search';
import selection from './selection';
import settings from './settings';
import timeline from './timeline';
import timer from './timer';
import verify from './verify';

export const en = {
  addcontact,
  app,
  bans,
  composer,
  conversations,
  delivery,
  details,
  emoji,
  errors,
  firstrun,
  keychange,
  line,
  lock,
  manage,
  message,
  problems,
  repair,
  requests,
  route,
  search,
  selection,
  settings,
  timeline,
  timer,
  verify,
} as const;
