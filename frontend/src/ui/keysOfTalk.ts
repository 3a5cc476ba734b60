/** While a conversation of the list has the focus. */
export const keysOfRow = { menu: ['Shift F10', 'ContextMenu'] } as const satisfies Record<string, readonly string[]>;

/** The keys of the message field and of the messages; see keysAnywhere. */
export const keysOfComposer = {
  send: ['Enter', 'Ctrl Enter'],
  newLine: ['Shift Enter'],
  editLast: ['ArrowUp'],
  bold: ['Ctrl B'],
  italic: ['Ctrl I'],
  code: ['Ctrl E'],
  emoji: ['Ctrl Shift E'],
  leaveAim: ['Escape'],
} as const satisfies Record<string, readonly string[]>;

/** While the focus is in the messages. */
export const keysOfLog = {
  up: ['ArrowUp'],
  down: ['ArrowDown'],
  extendUp: ['Shift ArrowUp'],
  extendDown: ['Shift ArrowDown'],
  latest: ['End'],
  back: ['Escape'],
} as const satisfies Record<string, readonly string[]>;

/** While one message has the focus; single letters do nothing anywhere else. */
export const keysOfMessage = {
  reply: ['R'],
  react: ['+'],
  copy: ['C'],
  select: ['S'],
  edit: ['E'],
  delivery: ['D'],
  delete: ['Delete'],
  more: ['Shift F10', 'ContextMenu'],
} as const satisfies Record<string, readonly string[]>;

/** While messages are selected, on one of them. */
export const keysOfSelection = {
  toggle: ['Space'],
  all: ['Ctrl A'],
  copyAll: ['Ctrl C'],
  remove: ['Delete'],
  end: ['Escape'],
} as const satisfies Record<string, readonly string[]>;
