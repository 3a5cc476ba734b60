/*
 * A control that was changed shows again what it is rendered with, and nothing else until it is rendered with something else: what
 * was chosen may be asked about first, or refused.
 */

export function checkedNow(box: HTMLInputElement, rendered: boolean): boolean {
  const { checked } = box;
  box.checked = rendered;
  return checked;
}

export function chosenNow(list: HTMLSelectElement, rendered: string): string {
  const { value } = list;
  list.value = rendered;
  return value;
}

/** All radios of a group: one that is checked clears the others. */
export function holdRadios(one: HTMLInputElement, rendered: string): void {
  for (const radio of document.getElementsByName(one.name) as NodeListOf<HTMLInputElement>) {
    radio.checked = radio.value === rendered;
  }
}
