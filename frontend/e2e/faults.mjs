// What can be wrong with how a screen is laid out, as the page itself measures it.

/** Runs in the page, by `measure`: a sentence for each fault. */
function faults() {
  const pressed = 'button, a[href], input:not([type="file"]), select, textarea, [role="switch"], [role="option"], [role="tab"]';
  const floating = '[role="dialog"], [role="alertdialog"], [role="menu"], [data-popover]';
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    if (element.closest('[inert]')) return false;
    return box.width > 2 && box.height > 2 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const named = (element) => {
    const words = (element.textContent || element.getAttribute('aria-label') || element.id || '').trim().slice(0, 40);
    return `${element.tagName.toLowerCase()}${[...element.classList].map((name) => `.${name}`).join('')} "${words}"`;
  };
  const all = [...document.body.querySelectorAll('*')].filter((element) => !element.closest('svg *'));
  const ownText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const clips = (style, axis) => /hidden|clip/.test(style[`overflow${axis}`]);
  const scrolls = (style, axis) => /auto|scroll/.test(style[`overflow${axis}`]);
  /** The boxes around an element, from the inside: those that its own overflow can be cut by. */
  const around = function* (element) {
    let fixed = getComputedStyle(element).position === 'fixed';
    for (let box = element.parentElement; box && box !== document.body && !fixed; box = box.parentElement) {
      yield box;
      fixed = getComputedStyle(box).position === 'fixed';
    }
  };
  /** What of an element is seen: what the boxes around it clip is taken away. */
  const seenBox = (element, rect) => {
    let { left, right, top, bottom } = rect;
    for (const box of around(element)) {
      const style = getComputedStyle(box);
      const frame = box.getBoundingClientRect();
      if (style.overflowX !== 'visible') [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      if (style.overflowY !== 'visible') [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    return { left, right, top, bottom };
  };
  /** What floats over the window stands over other things by its nature: a dialog, a menu, a panel, the tools of a message. */
  const layer = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.position === 'fixed' || (style.position === 'absolute' && style.zIndex !== 'auto')) return box;
    }
    return document.body;
  };
  /** Words that are drawn: not those for screen readers only. */
  const drawnTexts = (element) => {
    const found = [];
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (node.data.trim() === '') continue;
      let hidden = !node.parentElement.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      for (let box = node.parentElement; box && box !== element && !hidden; box = box.parentElement) {
        hidden = box.clientWidth <= 2 && getComputedStyle(box).overflowX !== 'visible';
      }
      if (!hidden) found.push(node);
    }
    return found;
  };

  /** Small lids of a network can be hit a little beside what is drawn of them (Node.module.css), where others may begin. */
  const drawn = (element, rect) => {
    if (!element.matches('[data-node]')) return rect;
    const around = Number.parseFloat(getComputedStyle(element).paddingTop);
    return new DOMRect(rect.x + around, rect.y + around, rect.width - 2 * around, rect.height - 2 * around);
  };

  const measures = {
    /** Words that end at the edge of a box, without an ellipsis that says so. */
    cut() {
      const found = [];
      for (const element of all) {
        if (!shown(element)) continue;
        const style = getComputedStyle(element);
        if (element.matches('button, [role="button"], [role="tab"], [role="menuitem"], [role="radio"]')) {
          const box = element.getBoundingClientRect();
          for (const node of drawnTexts(element)) {
            const range = document.createRange();
            range.selectNodeContents(node);
            const words = range.getBoundingClientRect();
            const ellipsis = node.parentElement !== element && getComputedStyle(node.parentElement).textOverflow === 'ellipsis';
            if (!ellipsis && (words.left < box.left - 1 || words.right > box.right + 1)) found.push(named(element));
          }
        } else if (ownText(element)) {
          const across = element.scrollWidth > element.clientWidth + 1;
          const down = element.scrollHeight > element.clientHeight * 1.3;
          if (across && clips(style, 'X') && style.textOverflow !== 'ellipsis') found.push(named(element));
          else if (down && clips(style, 'Y') && style.webkitLineClamp === 'none') found.push(`below: ${named(element)}`);
        }
      }
      return found;
    },
    /** What can be pressed and stands over another that can. */
    overlapping() {
      const places = all
        .filter((element) => element.matches(pressed) && shown(element))
        // A link over two lines has two boxes.
        .flatMap((element) => [...element.getClientRects()].map((rect) => ({ element, box: seenBox(element, drawn(element, rect)), layer: layer(element) })));
      const found = [];
      for (const [at, one] of places.entries()) {
        for (const other of places.slice(at + 1)) {
          const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
          const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
          if (across <= 2 || down <= 2 || one.layer !== other.layer || one.element === other.element) continue;
          if (one.element.contains(other.element) || one.element.closest('label')?.contains(other.element)) continue;
          // At 200 % what is drawn of a network is crowded; its table says the same.
          if (innerHeight <= 400 && one.element.matches('[data-node]') && other.element.matches('[data-node]')) continue;
          found.push(`${named(one.element)} and ${named(other.element)}`);
        }
      }
      return found;
    },
    /** A page that scrolls sideways, and what sticks out of the window where nothing scrolls to it. */
    wide() {
      const found = [];
      const root = document.documentElement;
      for (const box of [root, document.body]) {
        if (box.scrollWidth > root.clientWidth) found.push(`the page is ${box.scrollWidth} px wide in ${root.clientWidth}`);
      }
      for (const element of all) {
        if (element.matches(floating) && shown(element)) {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          if (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1)
            found.push(`sticks out (${[left, top, right, bottom].map(Math.round)}): ${named(element)}`);
        }
        if (!element.matches(`${pressed}, h1, h2, p`) || !shown(element)) continue;
        const box = element.getBoundingClientRect();
        if (box.left > -1 && box.right < innerWidth + 1) continue;
        if (![...around(element)].some((one) => scrolls(getComputedStyle(one), 'X'))) found.push(`out of the window: ${named(element)}`);
      }
      return found;
    },
    /** What cannot be brought on the screen: cut away by a box that does not scroll, before any that does. */
    lost() {
      const found = [];
      for (const element of all) {
        // What skips to the message field comes when it has the focus.
        if (!element.matches(`${pressed}, h1, h2`) || element.matches('[data-skip]') || !shown(element)) continue;
        let { left, right, top, bottom } = element.getBoundingClientRect();
        const fate = () => {
          for (const box of around(element)) {
            const style = getComputedStyle(box);
            const frame = box.getBoundingClientRect();
            // A field that its label draws.
            if (clips(style, 'Y') && (frame.width <= 2 || frame.height <= 2)) return '';
            if (scrolls(style, 'Y')) {
              if (frame.height < 24) return 'in a box of no height';
              ({ left, right, top, bottom } = frame);
            } else if (clips(style, 'Y') && (top >= frame.bottom - 4 || bottom <= frame.top + 4)) return 'out of reach';
            else if (clips(style, 'X') && !scrolls(style, 'X') && (left >= frame.right - 4 || right <= frame.left + 4)) return 'out of reach sideways';
          }
          return top >= innerHeight - 4 || bottom <= 4 ? 'outside of the window' : '';
        };
        const why = fate();
        if (why) found.push(`${why}: ${named(element)}`);
      }
      return found;
    },
  };
  return Object.keys(measures).flatMap((kind) => [...new Set(measures[kind]())].map((one) => `${kind}: ${one}`));
}

/** What is wrong with how the screen is laid out. */
export const measure = (page) => page.evaluate(faults);
