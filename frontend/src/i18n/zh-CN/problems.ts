import type en from '../en/problems';
import type { Words } from '../words';

export default {
  'database-damaged': '你的聊天记录已损坏，目前只能查看。修复之前无法发送任何内容。',
  'folder-read-only': '数据文件夹不可写。请修改它的权限；在此之前无法发送任何内容。',
  'disk-full': '磁盘已满。请腾出一些空间；在此之前无法发送任何内容。',
  'clock-wrong': '这台电脑的时钟相差 {{minutes}} 分钟。请校准，否则消息会显示错误的时间。',
  lostTitle: 'Tincan 没有应答。',
  lost: '它可能已经停止运行。恢复后，此页面会自动继续；现在显示的是最后已知的内容。',
  offlineTitle: '你已离线。',
  offline: '你写的消息会留在这台电脑上，恢复网络后自动发出。',
  serverAwayTitle: '{{server}} 没有应答。',
  serverAway: '已接通的线路不受影响，新的线路要等它恢复。',
} satisfies Words<typeof en>;
