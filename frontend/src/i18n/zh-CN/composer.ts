import type en from '../en/composer';
import type { Words } from '../words';

export default {
  message: '给{{name}}发消息',
  waiting: '现在就写，{{name}}上线后送达',
  noNetwork: '现在就写，恢复网络后发出',
  asked: '现在就写，{{name}}接受后送达',
  held: '比对安全码后才会发出',
  send: '发送',
  emoji: '表情',
  bytes: '{{used}} / {{most}} KiB',
  tooLong: '{{used}} / {{most}} KiB：太长，无法作为一条消息发送',
  banned: '你已封禁{{name}}。',
  undo: '撤销',
  unbanned: '已解除对{{name}}的封禁。',
} satisfies Words<typeof en>;
