import type en from '../en/timeline';
import type { Words } from '../words';

export default {
  label: '与{{name}}的消息',
  today: '今天',
  yesterday: '昨天',
  newMessages_other: '{{count}} 条新消息',
  beginning: '与{{name}}的线路从这里开始。',
  asked: '你的请求在等待{{name}}。对方接受后，才会显示在线状态并接通线路。',
  typing: '{{name}}正在输入',
  latest: '最新',
  latestLabel_other: '跳到最新，{{count}} 条未读消息',
  you: '你',
  message: '{{author}}，{{time}}，{{text}}',
  messageState: '{{author}}，{{time}}，{{text}}，{{state}}',
  state: {
    queued: '在这台电脑上',
    stored: '已在对方信箱',
    delivered: '已到对方电脑',
    read: '已读',
  },
  loading: '正在加载消息',
  background_other: '{{name}}发来 {{count}} 条新消息',
} satisfies Words<typeof en>;
