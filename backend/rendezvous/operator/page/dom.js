// Elements from a tag, properties and children. Text is only ever a text node.

const vector = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2).toLowerCase(), value);
    else if (name === 'style') {
      for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    } else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** An HTML element. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** An SVG element. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(vector, tag), properties, children);
}

/** Puts text into an element when it is another one, so that nothing is announced or painted for nothing. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Words in which what stands in “ ” is a command: in one piece, to be typed as it is. */
export function told(text) {
  return text.split(/“(.*?)”/).map((part, at) => (at % 2 ? h('code', { class: 'nw' }, part) : part));
}

/** A button. */
export function button(kind, label, run, ...before) {
  return h('button', { type: 'button', class: `btn ${kind}`, onclick: run }, ...before, label);
}

/** Puts other children into a place. Whatever had the focus there, or what took its place, has it afterwards. */
export function redraw(place, ...children) {
  const inside = () => [...place.querySelectorAll('a[href], button, [tabindex="0"]')];
  const at = inside().indexOf(document.activeElement);
  const left = place.querySelector('.scroll')?.scrollLeft ?? 0;
  place.replaceChildren(...children);
  const scroll = place.querySelector('.scroll');
  if (scroll) scroll.scrollLeft = left;
  if (at >= 0) (inside()[at] ?? inside().at(-1))?.focus();
}

/** A table with a caption that is only read aloud. */
export function table(caption, heads, rows) {
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption },
    h(
      'table',
      null,
      h('caption', { class: 'vh' }, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          heads.map(([text, kind]) => h('th', { scope: 'col', class: kind }, text)),
        ),
      ),
      h('tbody', null, rows),
    ),
  );
}
