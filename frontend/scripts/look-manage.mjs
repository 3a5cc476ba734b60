// Pictures of how conversations are kept, for look.mjs.
const wide = { width: 1200, height: 800 };
const narrow = { width: 720, height: 800 };
const both = { sizes: [wide, narrow], languages: ['en', 'zh-CN'] };

async function unfold(page) {
  await page.locator('[data-pane="list"] nav [aria-expanded]').click();
}

async function menu(page) {
  await page.locator('[data-row="ana"]').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menu').waitFor();
}

function choose(from) {
  return async (page) => {
    await menu(page);
    await page.getByRole('menuitem').nth(from).click();
    await page.getByRole('alertdialog').waitFor();
  };
}

async function archive(page) {
  await menu(page);
  await page.getByRole('menuitem').nth(-4).click();
  await page.getByRole('status').last().waitFor();
}

export const managePictures = [
  { name: 'kept', ...both },
  { name: 'kept', as: 'details', sizes: [wide], details: true, languages: ['en', 'zh-CN'] },
  { name: 'kept', as: 'compact', query: 'compact', sizes: [wide] },
  { name: 'kept', as: 'unfolded', steps: unfold, ...both },
  { name: 'kept', as: 'menu', steps: menu, ...both },
  { name: 'kept', as: 'archived', steps: archive, ...both },
  { name: 'kept', as: 'clear', steps: choose(-3), ...both },
  { name: 'kept', as: 'delete', steps: choose(-2), ...both },
  { name: 'kept', as: 'forget', steps: choose(-1), ...both },
  { name: 'forgotten', details: true, ...both },
  { name: 'cleared', ...both },
];
