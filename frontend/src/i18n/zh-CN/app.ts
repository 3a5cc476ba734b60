import type en from '../en/app';
import type { Words } from '../words';

export default {
  starting: '正在打开 Tincan',
  notHere: '这个页面只是 Tincan 的界面部分。请启动应用，或打开应用给出的地址。',
  failed: 'Tincan 无法打开你的会话。',
  retry: '重试',
  didYouMean: '你是想写 <other> 吗？',
  close: '关闭',
  cancel: '取消',
  skip: '跳到输入框',
  dateAndTime: '{{date}} {{time}}',
  copied: '已复制',
  copy: '复制',
  copyFailed: '剪贴板拒绝了这段文字。请选中它，用键盘复制。',
  crashed: '窗口的这一部分停止了工作。',
  coming: '请稍候',
  comingLost: '它恢复运行后，这里会自动打开。',
  comingLate: 'Tincan 的这一部分还没有加载。它可能刚刚更新过：请重新加载窗口。',
  reload: '重新加载',
  linkTitle: '打开这个链接？',
  linkText: '它会在 Tincan 之外的浏览器中打开。运营该网页的人会看到你的地址。',
  linkOpen: '打开链接',
  dismiss: '不再显示',
  unmute: '取消静音',
  ban: '封禁…',
} satisfies Words<typeof en>;
