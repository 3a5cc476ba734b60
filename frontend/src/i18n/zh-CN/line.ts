import type en from '../en/line';
import type { Words } from '../words';

export default {
  label: '这条线路：{{state}}',
  lan: '局域网',
  direct: '直连',
  relayed: '中转',
  withDelay: '{{state}} · {{delay}} 毫秒',
  connecting: '正在连接',
  waiting: '等待{{name}}',
  waitingQueued_other: '等待{{name}} — {{count}} 条消息待发',
  noNetwork: '没有网络',
  ready: '就绪',
  asked: '已请求',
  held: '已暂停发送',
  banned: '已封禁',
  forgotten: '不是联系人',
  presence: {
    online: '在线',
    offline: '不在线',
    unknown: '尚不清楚',
    asked: '尚未答复',
    banned: '你已封禁{{name}}',
    forgotten: '已不是联系人',
    retired: '已放弃这个身份',
    moved: '更换密钥之前',
    following: '还不知道你的新密钥',
  },
  changed: {
    open: '与{{name}}的线路已接通：{{state}}',
    waiting: '等待{{name}}',
    noNetwork: '没有网络',
    held: '不向{{name}}发送任何内容',
  },
} satisfies Words<typeof en>;
