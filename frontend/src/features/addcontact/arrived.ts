/** Whether somebody is moving along the tabs with the keyboard: then the focus stays with them. */
export function movesAlongTabs(): boolean {
  return document.activeElement?.matches('[role="tab"]:focus-visible') ?? false;
}
