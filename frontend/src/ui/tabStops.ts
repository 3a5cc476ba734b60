const reachable = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable="true"]';

function isThere(element: HTMLElement): boolean {
  if (element.tabIndex < 0 || element.matches(':disabled') || element.closest('[inert]')) return false;
  return element.checkVisibility?.() ?? true;
}

/** Of radios only the chosen one is reached by Tab, or the first when none is. */
function isPassedOver(element: HTMLElement, all: readonly HTMLElement[]): boolean {
  if (!(element instanceof HTMLInputElement) || element.type !== 'radio' || element.checked) return false;
  const group = all.filter(
    (other): other is HTMLInputElement =>
      other instanceof HTMLInputElement && other.type === 'radio' && other.name === element.name,
  );
  return group.some(({ checked }) => checked) || group[0] !== element;
}

/** What Tab goes to inside of an element, in order. */
export function tabStops(inside: Element): HTMLElement[] {
  const all = [...inside.querySelectorAll<HTMLElement>(reachable)].filter(isThere);
  return all.filter((element) => !isPassedOver(element, all));
}
