// A person who has a keyboard and nothing else, and sees where they are: after each key the focus is somewhere, on the screen,
// not covered (WCAG 2.4.7, 2.4.11), and drawn with enough contrast to what is around it (1.4.11).

/** Runs in the page: counts what only a pointer does. */
function countPointers() {
  globalThis.pointers = [];
  for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel', 'pointermove', 'mousemove'])
    window.addEventListener(kind, () => globalThis.pointers.push(kind), { capture: true, passive: true });
}

/**
 * Runs in the page: what is wrong with the focus, '' when nothing is. Views change and menus close in a few frames, in which it
 * may be nowhere; what is wrong for longer is told.
 */
function lookAtFocus(patience) {
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };

  /** What of it is left in all that clips it. */
  const visibleBox = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const box = { left: Math.max(left, 0), top: Math.max(top, 0), right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight) };
    for (let at = element.parentElement; at && at !== document.documentElement; at = at.parentElement) {
      if (getComputedStyle(at).overflow === 'visible') continue;
      const clip = at.getBoundingClientRect();
      box.left = Math.max(box.left, clip.left);
      box.top = Math.max(box.top, clip.top);
      box.right = Math.min(box.right, clip.right);
      box.bottom = Math.min(box.bottom, clip.bottom);
    }
    return box;
  };

  /** How much of it is seen, of what could be seen at once. */
  const share = (element) => {
    const box = visibleBox(element);
    const whole = element.getBoundingClientRect();
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    if (width <= 0 || height <= 0) return 0;
    let hits = 0;
    let points = 0;
    for (let across = 1; across <= 7; across++) {
      for (let down = 1; down <= 5; down++) {
        points++;
        const hit = document.elementFromPoint(box.left + (width * across) / 8, box.top + (height * down) / 6);
        if (hit && (element.contains(hit) || hit.contains(element))) hits++;
      }
    }
    const seen = (width * height) / (Math.min(whole.width, innerWidth) * Math.min(whole.height, innerHeight / 3));
    return (Math.min(1, seen) * hits) / points;
  };

  const rules = [];
  const collect = (list) => {
    for (const rule of list) {
      if (rule.cssRules?.length) collect(rule.cssRules);
      if (rule.selectorText && /:focus|\[data-focus/.test(rule.selectorText)) rules.push(rule);
    }
  };
  for (const sheet of document.styleSheets) collect(sheet.cssRules);

  /** Whether a rule that holds only because of the focus draws something about it that is seen. */
  const drawn = (place) => {
    const { left, top, right, bottom } = place.getBoundingClientRect();
    let best = 0;
    for (const rule of rules) {
      for (const element of document.querySelectorAll(rule.selectorText)) {
        const box = element.getBoundingClientRect();
        if (box.right < left || box.left > right || box.bottom < top || box.top > bottom) continue;
        const style = getComputedStyle(element);
        // A shorthand with a variable in it has no parts to ask for.
        const sets = (what) => rule.style.cssText.includes(what);
        const outlined = sets('outline') && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1.5;
        const inside = Number.parseFloat(style.outlineOffset) < 0;
        if (outlined) best = Math.max(best, contrast(rgba(style.outlineColor), ground(inside ? element : element.parentElement)));
        if (sets('box-shadow') && style.boxShadow !== 'none') {
          const color = rgba(/(?:rgba?|color|oklch)\([^)]*\)/.exec(style.boxShadow)?.[0] ?? 'transparent');
          best = Math.max(best, contrast(color, ground(element.parentElement)));
        }
        if (sets('border') && Number.parseFloat(style.borderTopWidth) >= 1)
          best = Math.max(best, contrast(rgba(style.borderTopColor), ground(element.parentElement)));
      }
    }
    return best;
  };

  const name = (element) =>
    `${element.tagName.toLowerCase()} ${Object.entries(element.dataset).map(([key, value]) => `${key}=${value}`)} “${(element.getAttribute('aria-label') ?? element.textContent).slice(0, 40)}”`;

  const wrong = () => {
    const at = document.activeElement;
    if (at === null || at === document.body) return 'nothing has the focus';
    // The input of a switch or a choice may have no size of its own: its label is what is seen.
    const place = (at.matches('[type=radio], [type=checkbox]') && at.closest('label')) || at;
    const seen = share(place);
    if (seen < 0.5) return `${Math.round(seen * 100)} % of it are seen: ${name(at)}`;
    // Nothing else in that dialog can have it, and its cursor blinks.
    if (at.matches('[role=dialog] [role=combobox]')) return '';
    const clear = drawn(place);
    if (clear === 0) return `nothing shows that it has the focus: ${name(at)}`;
    return clear < 3 ? `the contrast of its ring is ${clear.toFixed(1)}: ${name(at)}` : '';
  };
  return new Promise((resolve) => {
    const start = performance.now();
    const look = () => {
      const problem = wrong();
      if (problem !== '' && performance.now() - start <= patience) {
        requestAnimationFrame(look);
        return;
      }
      resolve(problem && `${problem}; it was on ${globalThis.focusWas}`);
      globalThis.focusWas = name(document.activeElement ?? document.body);
    };
    requestAnimationFrame(look);
  });
}

/** Runs in the page: what has the focus, so that it is known again when it was mounted anew. */
function nameOfFocus() {
  const at = document.activeElement;
  // How far a message got is in its label, and changes.
  if (at?.dataset.message) return `message ${at.dataset.message}`;
  return `${at?.tagName} ${at?.getAttribute('role')} ${at?.getAttribute('aria-label')} ${JSON.stringify(at?.dataset ?? {})}`;
}

/** How long the focus may be nowhere, covered or out of sight while a view changes, in milliseconds. */
const moment = 1500;

/** The keyboard of a page. `findings` takes what was wrong, with the step in which it was. */
export async function takeKeyboard(page, who, findings) {
  await page.evaluate(countPointers);
  let step = '';

  async function look(after) {
    const problem = await page.evaluate(lookAtFocus, moment);
    if (problem !== '') findings.push(`${who}, ${step}, after ${after}: ${problem}`);
  }

  const hands = {
    page,
    /** What is done now, for the findings. */
    begin(what) {
      step = what;
    },
    async press(...keys) {
      for (const key of keys) {
        await page.keyboard.press(key);
        // After the last control of the page come those of the browser, and then the first one again.
        if (key.endsWith('Tab') && (await page.evaluate(() => document.activeElement === document.body))) await page.keyboard.press(key);
        await look(key);
      }
    },
    async type(text) {
      await page.keyboard.type(text);
      await look('writing');
    },
    /** Waits until the focus is on what a selector means. */
    async at(selector) {
      try {
        await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector, { timeout: 15_000 });
      } catch {
        throw new Error(`${who}, ${step}: the focus is not on ${selector} but on ${await page.evaluate(nameOfFocus)}`);
      }
      await look('that');
    },
    /** Goes on with a key until the focus is on what a selector means. */
    async to(selector, key = 'Tab') {
      for (let count = 0; count < 60; count++) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
        await hands.press(key);
      }
      throw new Error(`${who}, ${step}: ${key} never leads to ${selector}, but to ${await page.evaluate(nameOfFocus)}`);
    },
    /** What `work` opens and closes gives the focus back. */
    async back(work) {
      const before = await page.evaluate(nameOfFocus);
      await work();
      await look('coming back');
      const now = await page.evaluate(nameOfFocus);
      if (now !== before) findings.push(`${who}, ${step}: the focus was on ${before}, and came back to ${now}`);
    },
    pointers: () => page.evaluate(() => globalThis.pointers),
  };
  return hands;
}
