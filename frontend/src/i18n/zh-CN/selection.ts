import type en from '../en/selection';
import type { Words } from '../words';

export default {
  bar: '所选消息',
  count_other: '已选择 {{count}} 条消息',
  none: '未选择消息',
  most: '已选择 {{count}} 条消息，已达一次的上限',
  mark: '选择{{author}}在 {{time}} 写的消息',
  selectedMessage: '已选择，{{message}}',
  end: '结束选择',
  copy: '复制',
  copied_other: '已复制 {{count}} 条消息',
  remove: '移除…',
  readOnly: '历史记录只能阅读：无法移除任何内容。',

  removeTitle_other: '从这台电脑移除 {{count}} 条消息？',
  removeText: '它们会从这里的对话中移除，文字从这台电脑的磁盘上清除。{{name}}仍保留这些消息，也不会收到通知。',
  removeWaiting: '尚未送达的消息仍会发给{{name}}；送达之后，才会从这里的磁盘上清除。',
  removeNow: '移除',
  removing: '正在移除，{{done}} / {{count}}',
  removed_other: '已移除 {{count}} 条消息',
  left_other: '还有 {{count}} 条消息留在这里。',
} satisfies Words<typeof en>;
