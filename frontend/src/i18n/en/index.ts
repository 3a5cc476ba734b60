import addcontact from './addcontact';
import app from './app';
import composer from './composer';
import conversations from './conversations';
import delivery from './delivery';
import details from './details';
import errors from './errors';
import firstrun from './firstrun';
import line from './line';
import message from './message';
import problems from './problems';
import repair from './repair';
import requests from './requests';
import search from './search';
import settings from './settings';
import timeline from './timeline';
import timer from './timer';

export const en = {
  addcontact,
  app,
  composer,
  conversations,
  delivery,
  details,
  errors,
  firstrun,
  line,
  message,
  problems,
  repair,
  requests,
  search,
  settings,
  timeline,
  timer,
} as const;
