// Takes pictures of every scene of the fake backend: node scripts/look.mjs FOLDER [part of a name]
// Looks at the interface in themes, widths and languages, and says what the page logged as an error.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { managePictures } from './look-manage.mjs';
import {
  banDomain,
  banLink,
  changeAutomatic,
  changeProtection,
  checkConnection,
  choosePort,
  chooseProxy,
  cropPicture,
  editBan,
  importBans,
  makeBackup,
  muteAndLook,
  openSettings,
  releaseHandle,
  restoreHere,
  showAbout,
  showAppearance,
  showBans,
  showLicences,
  showNetwork,
  showNews,
  showNotifications,
  showProblems,
  showSettings,
  showShortcuts,
  showStorage,
  takeHandle,
  writeLongAbout,
} from './look-settings.mjs';
import {
  addContact,
  askBan,
  askDelete,
  askLink,
  askRemove,
  askRepair,
  backToFound,
  banRequest,
  byFile,
  cancelMessage,
  createInVain,
  createSlowly,
  editLast,
  find,
  findByArrows,
  findEmoji,
  findHere,
  findInVain,
  findMany,
  findSlowly,
  followQuote,
  hoverMessage,
  jump,
  lookUp,
  manageLinks,
  noRequests,
  openEmoji,
  openFound,
  openGone,
  openLines,
  openLinesTable,
  openMenu,
  openRequests,
  pasteExpired,
  pasteLink,
  pickEmoji,
  pickNoEmoji,
  removeSome,
  repairInVain,
  repairSlowly,
  repairWell,
  reply,
  replyToGone,
  restoreInVain,
  saveFile,
  scrollUp,
  selectSome,
  showDelivery,
  tabToRow,
  tabToTools,
  toolsOfMine,
  toolsOfTheirs,
  troubled,
  unlockInVain,
  writeLines,
  writeTooMuch,
} from './look-steps.mjs';
import { verifyPictures } from './look-verify.mjs';
import { serve } from './served.mjs';
import { settled, stillness } from './settled.mjs';

const wide = { width: 1200, height: 800 };
const medium = { width: 960, height: 800 };
const narrow = { width: 720, height: 800 };
const smallest = { width: 720, height: 560 };
const large = { width: 1600, height: 1000 };

/** Every screen: its scene, what to press or type first, and where its pictures are taken. e2e/screens.mjs opens them, too. */
export const screens = [
  { name: 'main', sizes: [wide, medium, narrow], details: true, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'plain', sizes: [wide, medium, narrow], languages: ['en', 'zh-CN'] },
  { name: 'none', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'relay', sizes: [wide, narrow] },
  { name: 'unread', sizes: [wide] },
  { name: 'waiting', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'connecting', sizes: [wide] },
  { name: 'lan', sizes: [wide] },
  { name: 'ready', sizes: [wide] },
  { name: 'offline', sizes: [wide], steps: troubled },
  { name: 'away', sizes: [wide], steps: troubled, languages: ['en', 'zh-CN'] },
  { name: 'banned', sizes: [wide], details: true },
  { name: 'asked', sizes: [wide], details: true },
  { name: 'long', sizes: [wide, narrow] },
  { name: 'many', sizes: [wide], steps: scrollUp },
  { name: 'empty', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'invited', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'problem', sizes: [wide] },
  { name: 'clock', sizes: [wide] },
  { name: 'loading', sizes: [wide] },
  { name: 'failed', sizes: [wide] },
  { name: 'main', as: 'compact', query: 'compact', sizes: [wide] },
  { name: 'main', as: 'own-left', query: 'left', sizes: [wide, narrow] },
  { name: 'main', as: 'focus', sizes: [wide], steps: tabToRow },
  { name: 'main', as: 'written', sizes: [wide], steps: writeLines },
  { name: 'main', as: 'emoji', sizes: [wide, narrow], steps: openEmoji, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'emoji-found', sizes: [wide, narrow], steps: findEmoji, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'too-long', sizes: [wide], steps: writeTooMuch },
  { name: 'found', as: 'results', sizes: [wide, medium, narrow], steps: find('ferry'), languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'chinese', sizes: [wide], steps: find('渡轮') },
  { name: 'found', as: 'arrows', sizes: [wide], steps: findByArrows },
  { name: 'found', as: 'opened', sizes: [wide, narrow], steps: openFound, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'back', sizes: [wide], steps: backToFound },
  { name: 'found', as: 'gone', sizes: [wide, narrow], steps: openGone, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'here', sizes: [wide, narrow], steps: findHere, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'hint', sizes: [wide, narrow], steps: find(''), languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'none', sizes: [wide, narrow], steps: find('fery'), languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'failed', sizes: [wide], steps: findInVain, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'slow', sizes: [wide], steps: findSlowly },
  { name: 'relay', as: 'found-many', sizes: [wide, narrow], steps: findMany },
  { name: 'indexing', sizes: [wide, narrow], steps: find('ferry'), languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'switcher', sizes: [wide, narrow], steps: jump(''), languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'switcher-found', sizes: [wide, narrow], steps: jump('r'), languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'switcher-nobody', sizes: [wide], steps: jump('zzz'), languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'switcher-actions', sizes: [wide], steps: jump('>'), languages: ['en', 'zh-CN'] },
  { name: 'handles', as: 'switcher-handle', sizes: [wide], steps: jump('@ana') },
  { name: 'banned', as: 'switcher-banned', sizes: [wide], steps: jump('an') },
  { name: 'main', as: 'shortcuts', sizes: [wide, narrow], steps: showShortcuts, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'about', sizes: [wide, narrow], steps: showAbout, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'about-checked', sizes: [wide, narrow], steps: checkConnection, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'about-problems', sizes: [narrow], steps: showProblems },
  { name: 'main', as: 'about-news', sizes: [wide, narrow], steps: showNews, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'about-licences', sizes: [wide], steps: showLicences },
  { name: 'main', as: 'ban', sizes: [wide], details: true, steps: askBan, languages: ['en', 'zh-CN'] },
  { name: 'waiting', as: 'delivery', sizes: [wide, narrow], steps: showDelivery, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'delivery', sizes: [wide], steps: showDelivery },
  { name: 'waiting', as: 'cancelled', sizes: [wide, narrow], steps: cancelMessage, languages: ['en', 'zh-CN'] },
  { name: 'waiting', as: 'saved', sizes: [wide, narrow], steps: saveFile, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'file', sizes: [wide, narrow], details: true, steps: byFile, languages: ['en', 'zh-CN'] },
  { name: 'relay', as: 'link', sizes: [wide], steps: askLink },
  { name: 'relay', as: 'hover', sizes: [wide], steps: hoverMessage },
  // What a person does with a message.
  { name: 'answers', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'details', sizes: [wide], details: true },
  { name: 'answers', as: 'tools', sizes: [wide, narrow], steps: toolsOfMine, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'tools-theirs', sizes: [wide, narrow], steps: toolsOfTheirs },
  { name: 'answers', as: 'keys', sizes: [wide], steps: tabToTools },
  { name: 'answers', as: 'react', sizes: [wide, narrow], steps: pickEmoji, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'react-refused', sizes: [wide], steps: pickNoEmoji, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'menu', sizes: [wide, narrow], steps: openMenu, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'reply', sizes: [wide, narrow], steps: reply, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'reply-gone', sizes: [wide, narrow], steps: replyToGone, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'edit', sizes: [wide, narrow], steps: editLast, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'delete', sizes: [wide, narrow], steps: askDelete, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'remove', sizes: [wide, narrow], steps: askRemove, languages: ['en', 'zh-CN'] },
  { name: 'waiting', as: 'delete', sizes: [wide], steps: askDelete, languages: ['en', 'zh-CN'] },
  { name: 'deleted', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'formats', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'formats', as: 'selecting', sizes: [wide, narrow], steps: selectSome, languages: ['en', 'zh-CN'] },
  { name: 'formats', as: 'remove', sizes: [wide, narrow], steps: removeSome, languages: ['en', 'zh-CN'] },
  { name: 'formats', as: 'menu', sizes: [wide], steps: openMenu },
  { name: 'formats', as: 'appearance', sizes: [wide, narrow], steps: showAppearance, languages: ['en', 'zh-CN'] },
  { name: 'late', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'relay', as: 'way', sizes: [wide, narrow], steps: followQuote, languages: ['en', 'zh-CN'] },
  { name: 'requests', sizes: [wide, narrow], steps: openRequests, languages: ['en', 'zh-CN'] },
  { name: 'requests', as: 'ban', sizes: [wide], steps: banRequest },
  { name: 'requests', as: 'none', sizes: [wide], steps: noRequests },
  { name: 'handles', as: 'settings', sizes: [wide, narrow], steps: openSettings, languages: ['en', 'zh-CN'] },
  { name: 'handles', as: 'release', sizes: [wide], steps: releaseHandle, languages: ['en', 'zh-CN'] },
  { name: 'handles', as: 'details', sizes: [wide], details: true },
  { name: 'handles', as: 'request', sizes: [wide, narrow], steps: openRequests, languages: ['en', 'zh-CN'] },
  {
    name: 'handles',
    as: 'lookup',
    sizes: [wide, narrow],
    steps: lookUp('Elif@lines.example.net'),
    languages: ['en', 'zh-CN'],
  },
  { name: 'handles', as: 'contact', sizes: [wide], steps: lookUp('ana@lines.example.net') },
  {
    name: 'handles',
    as: 'elsewhere',
    sizes: [wide, narrow],
    steps: lookUp('jona@tin.example.org'),
    languages: ['en', 'zh-CN'],
  },
  { name: 'unnamed', as: 'settings', sizes: [wide, narrow], steps: openSettings, languages: ['en', 'zh-CN'] },
  { name: 'unnamed', as: 'taken', sizes: [wide], steps: takeHandle },
  { name: 'handleless', as: 'settings', sizes: [wide], steps: openSettings, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'settings', sizes: [wide, narrow], steps: (page) => page.keyboard.press('Control+,') },
  { name: 'main', as: 'bans', sizes: [wide, narrow], steps: showBans, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-domain', sizes: [wide, narrow], steps: banDomain, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-link', sizes: [wide], steps: banLink, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'settings-crop', sizes: [wide, narrow], steps: cropPicture, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-import', sizes: [wide, narrow], steps: importBans, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-edit', sizes: [wide], steps: editBan, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'add-contact', sizes: [wide, narrow], steps: addContact, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'links', sizes: [wide], steps: manageLinks },
  { name: 'main', as: 'pasted', sizes: [wide, narrow], steps: pasteLink, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'expired', sizes: [wide], steps: pasteExpired, languages: ['en', 'zh-CN'] },
  { name: 'empty', as: 'add-contact', sizes: [wide], steps: addContact },
  { name: 'vanish', sizes: [wide, narrow], details: true, languages: ['en', 'zh-CN'] },
  { name: 'vanish', as: 'plain', sizes: [narrow], languages: ['en', 'zh-CN'] },
  { name: 'pictures', sizes: [wide, narrow], details: true, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'network', sizes: [wide, narrow], steps: showNetwork, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'port', sizes: [wide, narrow], steps: choosePort, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'proxy', sizes: [wide, narrow], steps: chooseProxy, languages: ['en', 'zh-CN'] },
  { name: 'settings', as: 'network', sizes: [wide, narrow], steps: showNetwork, languages: ['en', 'zh-CN'] },
  { name: 'pictures', as: 'profile', sizes: [wide, narrow], steps: showSettings, languages: ['en', 'zh-CN'] },
  { name: 'pictures', as: 'about-long', sizes: [wide], steps: writeLongAbout },
  { name: 'lines', as: 'picture', sizes: [wide, medium, narrow], steps: openLines(), languages: ['en', 'zh-CN'] },
  { name: 'lines', as: 'ana', sizes: [wide, narrow], steps: openLines('Ana'), languages: ['en', 'zh-CN'] },
  { name: 'lines', as: 'table', sizes: [wide, narrow], steps: openLinesTable, languages: ['en', 'zh-CN'] },
  { name: 'lines', as: 'server', sizes: [wide], steps: openLines('lines.example.net') },
  { name: 'lines-states', as: 'picture', sizes: [wide, smallest], steps: openLines(), languages: ['en', 'zh-CN'] },
  { name: 'lines-states', as: 'table', sizes: [wide, narrow], steps: openLinesTable, languages: ['en', 'zh-CN'] },
  { name: 'lines-0', as: 'picture', sizes: [wide, narrow], steps: openLines(), languages: ['en', 'zh-CN'] },
  { name: 'lines-1', as: 'picture', sizes: [wide, smallest], steps: openLines() },
  { name: 'lines-3', as: 'picture', sizes: [wide, smallest], steps: openLines() },
  { name: 'lines-40', as: 'picture', sizes: [large, wide, smallest], steps: openLines() },
  { name: 'lines-200', as: 'picture', sizes: [large, wide, smallest], steps: openLines() },
  { name: 'lines-320', as: 'picture', sizes: [wide, smallest], steps: openLines('waiting') },
  { name: 'noticed', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'forked', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'flooded', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'gap', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'copied', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'locked', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'locked', as: 'wrong', sizes: [wide], steps: unlockInVain, languages: ['en', 'zh-CN'] },
  { name: 'keyring-gone', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'notifications', sizes: [wide, narrow], steps: showNotifications, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'muted', sizes: [wide], details: true, steps: muteAndLook, languages: ['en', 'zh-CN'] },
  { name: 'protected', as: 'storage', sizes: [wide, narrow], steps: showStorage, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'storage', sizes: [wide], steps: showStorage },
  { name: 'backup-failed', as: 'storage', sizes: [wide, narrow], steps: showStorage, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'restore-here', sizes: [wide, narrow], steps: restoreHere, languages: ['en', 'zh-CN'] },
  { name: 'protected', as: 'automatic', sizes: [wide, narrow], steps: changeAutomatic, languages: ['en', 'zh-CN'] },
  { name: 'protected', as: 'backup', sizes: [wide, narrow], steps: makeBackup, languages: ['en', 'zh-CN'] },
  { name: 'protected', as: 'protection', sizes: [wide, narrow], steps: changeProtection, languages: ['en', 'zh-CN'] },
  { name: 'damaged', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repair', sizes: [wide, narrow], steps: askRepair, languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repairing', sizes: [wide, narrow], steps: repairSlowly, languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repair-failed', sizes: [wide, narrow], steps: repairInVain, languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repair-done', sizes: [wide, narrow], steps: repairWell, languages: ['en', 'zh-CN'] },
  { name: 'salvaged', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'hostile', sizes: [wide, narrow] },
  { name: 'hostile', as: 'details', sizes: [wide, narrow], details: true },
  { name: 'hostile', as: 'requests', sizes: [wide, narrow], steps: openRequests },
  { name: 'hostile', as: 'profile', sizes: [wide, narrow], steps: showSettings },
  { name: 'hostile', as: 'network', sizes: [wide, narrow], steps: openLinesTable },
  { name: 'hostile', as: 'picture', sizes: [wide, narrow], steps: openLines() },
  { name: 'hostile', as: 'switcher', sizes: [wide, narrow], steps: jump('') },
  { name: 'hostile', as: 'ban', sizes: [wide], details: true, steps: askBan },
  { name: 'hostile', as: 'found', sizes: [wide, narrow], steps: find('harbour') },
  { name: 'hostile-word', sizes: [wide, narrow] },
  { name: 'hostile-lines', sizes: [wide, narrow] },
  { name: 'hostile-markup', sizes: [wide, narrow] },
  { name: 'first', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'first', as: 'restore', sizes: [wide, narrow], steps: restoreInVain, languages: ['en', 'zh-CN'] },
  { name: 'first', as: 'creating', sizes: [wide], steps: createSlowly },
  { name: 'first', as: 'error', sizes: [wide], steps: createInVain },
  ...managePictures,
  ...verifyPictures,
];

/** Opens a screen in an empty page, at what `address` serves. */
export async function openScreen(page, address, screen, { theme = 'system', language = 'en' } = {}) {
  await page.clock.setFixedTime(new Date('2026-11-21T10:45:00Z'));
  const rest = `${screen.details ? '&details' : ''}${screen.query ? `&${screen.query}` : ''}`;
  await page.goto(`${address}?fake=${screen.name}&theme=${theme}&lang=${language}${rest}`);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => window.fake);
  await settled(page);
  if (screen.details && page.viewportSize().width < 1080) await page.keyboard.press('Control+i');
  await screen.steps?.(page);
  await settled(page);
}

async function takePictures(folder, only) {
  const { address, browser, close } = await serve();
  await mkdir(folder, { recursive: true });
  let errors = 0;
  for (const screen of screens) {
    const name = screen.as ? `${screen.name}-${screen.as}` : screen.name;
    if (!name.includes(only)) continue;
    for (const language of screen.languages ?? ['en']) {
      for (const theme of ['light', 'dark']) {
        for (const size of screen.sizes) {
          const context = await browser.newContext({
            viewport: size,
            colorScheme: theme,
            locale: language,
            timezoneId: 'Europe/Lisbon',
          });
          const page = await context.newPage();
          const file = `${name}-${size.width}-${theme}${language === 'en' ? '' : `-${language}`}.png`;
          const complain = (text) => {
            errors += 1;
            process.stderr.write(`${file}: ${text}\n`);
          };
          page.on('console', (message) => message.type() === 'error' && complain(message.text()));
          page.on('pageerror', (error) => complain(error.message));
          await openScreen(page, address, screen, { theme, language });
          await stillness(page);
          await page.screenshot({ path: join(folder, file) });
          await context.close();
        }
      }
    }
  }
  await close();
  process.stdout.write(`Pictures are in ${folder}. Errors logged by the pages: ${errors}.\n`);
  return errors;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, only = ''] = process.argv;
  if (folder) process.exitCode = (await takePictures(folder, only)) > 0 ? 1 : 0;
  else {
    process.stderr.write('Usage: node scripts/look.mjs FOLDER [part of a name]\n');
    process.exitCode = 2;
  }
}
