import type en from '../en/timer';
import type { Words } from '../words';

export default {
  title: '限时消息',
  off: '关闭',
  on: '消息会在{{length}}后消失',
  offText: '消息会保留。在这里选择的时间对双方都有效。',
  text: '双方共同约定，任何一方都能更改，只用于之后写的消息。每台电脑各自计时：{{name}}写的消息从你读到时算起，你写的消息从到达{{name}}时算起，到时就在那台电脑上抹去。读到消息的人仍然可以留下副本。',
  mineOn: '由你选择，{{time}}',
  mineOff: '由你关闭，{{time}}',
  theirsOn: '由{{name}}选择，{{time}}',
  theirsOff: '由{{name}}关闭，{{time}}',
  changed: '之后写的消息会在{{length}}后消失。',
  stopped: '之后写的消息会保留。',
  left: '将在{{length}}内消失',
  afterReading: '你读到后{{length}}消失',
  afterArrival: '到达对方电脑后{{length}}消失',
} satisfies Words<typeof en>;
