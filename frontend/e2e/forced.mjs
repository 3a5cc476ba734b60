// What is left of a screen when the system paints with a few colours of its own: marks that were only a ground are gone, and
// so are rings that were only a shadow.

/** Runs in the page before the colours are forced: notes what is drawn by nothing but its ground. */
function noteMarks() {
  const alpha = (color) => {
    const parts = color.match(/[\d.]+/g)?.map(Number) ?? [];
    return /^rgba|\//.test(color) ? (parts.at(-1) ?? 0) : 1;
  };
  const ground = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const color = getComputedStyle(box).backgroundColor;
      if (alpha(color) > 0.5) return color;
    }
    return '';
  };
  window.marks = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest('svg, img, canvas') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    for (const part of ['', '::before', '::after']) {
      const style = getComputedStyle(element, part || undefined);
      if (part ? style.content === 'none' || style.content === 'normal' : element.textContent !== '' || element.childElementCount > 0) continue;
      if (!part && element.matches('input, textarea, select')) continue;
      const width = Number.parseFloat(style.width);
      const height = Number.parseFloat(style.height);
      // A hairline is an ornament, and what is as large as a card is a ground.
      if (!(width >= 3 && height >= 3) || Math.min(width, height) > 40) continue;
      if (alpha(style.backgroundColor) < 0.4 || style.backgroundColor === ground(part ? element : element.parentElement)) continue;
      window.marks.push({ element, part });
    }
  }
}

/** Runs in the page while colours are forced. */
function lostMarks() {
  const named = (element) =>
    `${element.tagName.toLowerCase()}${[...element.classList].map((name) => `.${name}`).join('')} in "${(element.parentElement?.textContent ?? '').trim().slice(0, 30)}"`;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = rgba(color).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => (Math.max(light(one), light(other)) + 0.05) / (Math.min(light(one), light(other)) + 0.05);
  const ground = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const color = getComputedStyle(box).backgroundColor;
      if (rgba(color)[3] > 127) return color;
    }
    return 'Canvas';
  };
  const found = [];
  for (const { element, part } of window.marks) {
    if (!element.isConnected) continue;
    const style = getComputedStyle(element, part || undefined);
    const behind = ground(part ? element : element.parentElement);
    const drawn = (width, kind, color) => Number.parseFloat(width) >= 1 && kind !== 'none' && contrast(color, behind) > 1.5;
    const edged = ['Top', 'Right', 'Bottom', 'Left'].some((side) =>
      drawn(style[`border${side}Width`], style[`border${side}Style`], style[`border${side}Color`]),
    );
    if (edged || drawn(style.outlineWidth, style.outlineStyle, style.outlineColor)) continue;
    if (style.display === 'none' || (rgba(style.backgroundColor)[3] > 127 && contrast(style.backgroundColor, behind) > 1.2)) continue;
    found.push(`a mark is gone: ${named(element)}${part}`);
  }
  for (const sign of document.querySelectorAll('svg')) {
    if (!sign.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const behind = ground(sign);
    const shapes = [...sign.querySelectorAll('path, circle, rect, line, ellipse, polygon, polyline')].filter((shape) => !shape.closest('defs'));
    const seen = (shape) => {
      const { stroke, fill, strokeWidth } = getComputedStyle(shape);
      return (
        (stroke !== 'none' && Number.parseFloat(strokeWidth) > 0 && rgba(stroke)[3] > 60 && contrast(stroke, behind) > 1.5) ||
        (fill !== 'none' && /^(?:#|rgb|color|lab|ok)/.test(fill) && rgba(fill)[3] > 60 && contrast(fill, behind) > 1.5)
      );
    };
    if (shapes.length > 0 && !shapes.some(seen)) found.push(`an icon is not seen: ${sign.getAttribute('class')} on ${behind} in ${named(sign.parentElement)}`);
  }
  return found;
}

/** Runs in the page while colours are forced: focuses one of each look, and compares what its surroundings are drawn with. */
function lostRings() {
  const look = (element) => {
    const parts = [element, ...element.querySelectorAll('*')].slice(0, 12);
    for (let box = element.parentElement, up = 0; box && up < 4; box = box.parentElement, up++) parts.push(box);
    if (element.nextElementSibling) parts.push(element.nextElementSibling);
    if (element.previousElementSibling) parts.push(element.previousElementSibling);
    return parts
      .map((part) => {
        const { outlineStyle, outlineWidth, borderTopWidth, borderTopStyle, borderTopColor, backgroundColor, textDecorationLine } = getComputedStyle(part);
        return [outlineStyle === 'none' ? 0 : outlineWidth, borderTopWidth, borderTopStyle, borderTopColor, backgroundColor, textDecorationLine].join(' ');
      })
      .join('\n');
  };
  const dialogs = [...document.querySelectorAll('[role="dialog"], [role="alertdialog"], [role="menu"]')];
  const within = dialogs.at(-1) ?? document.body;
  const looks = new Set();
  const found = [];
  const before = document.activeElement;
  for (const element of within.querySelectorAll('button, a[href], input, select, textarea, [tabindex]')) {
    const kind = `${element.tagName} ${element.className} ${element.getAttribute('role')} ${element.getAttribute('type')}`;
    if (looks.has(kind) || !element.checkVisibility({ visibilityProperty: true }) || element.closest('[inert]') || element.disabled) continue;
    if (element.getAttribute('aria-hidden') === 'true' || element.tabIndex < 0) continue;
    document.activeElement?.blur?.();
    const without = look(element);
    element.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement !== element) continue;
    looks.add(kind);
    if (look(element) === without) found.push(`focus is not seen: ${kind} "${(element.textContent || element.getAttribute('aria-label') || '').slice(0, 30)}"`);
  }
  document.activeElement?.blur?.();
  before?.focus?.({ preventScroll: true });
  return found;
}

/** What is not seen any more in forced colours. */
export async function lostInForcedColors(page, schemes = ['light', 'dark']) {
  await page.evaluate(noteMarks);
  const found = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, forcedColors: 'active' });
    for (const one of await page.evaluate(lostMarks)) found.push(`${colorScheme}: ${one}`);
  }
  for (const one of await page.evaluate(lostRings)) found.push(one);
  await page.emulateMedia({ forcedColors: 'none' });
  return found;
}
