import type en from '../en/errors-verification';
import type { Words } from '../words';

export default {
  held: '你们的安全码不一致，因此不会向{{name}}发送任何内容。请先重新比对。',
  'held-changed': '{{name}}换了新密钥而你还没有比对，所以不会发送任何内容。请比对，或选择仍然发送。',
  former: '这里是你更换密钥之前的内容，仍可阅读；请到与此人的新对话中继续。',
  'export-former': '这些内容写于你更换密钥之前。导出须由当时的密钥签名，而它已不存在。',
  'they-moved': '{{name}}换了新密钥。请在使用新密钥的对话中给对方写消息。',
  'check-no-line': '用表情比对需要接通的线路，而现在与{{name}}之间没有。请等对方在线时再试，或比对号码。',
  'check-older': '{{name}}使用的 Tincan 不支持用表情比对。请改为比对号码。',
  'check-running': '你已经在与{{name}}比对了。',
  'check-over': '这次比对已经结束，请重新开始。',
  'check-line': '比对时与{{name}}的线路断开了。请重试。',
  'check-late': '与{{name}}的比对用时过长。请重试。',
  'check-declined': '{{name}}现在不想比对。请先问一下对方，然后重试。',
  'check-busy': '对{{name}}的请求过于频繁，或对方正在比对。请稍后再试。',
  'check-cancelled': '{{name}}停止了比对。请先问一下对方，然后重试。',
  'check-broken': '与{{name}}的比对被篡改：中间可能有人冒充。在信任这条线路之前，请当面比对号码。',
  'check-differs': '{{name}}说表情不一致：中间可能有人冒充。在信任这条线路之前，请当面比对号码。',
  'check-disk': '磁盘拒绝保存比对结果。请稍后重新比对。',
  retired: '你已放弃这个身份。这里的内容仍可阅读，但不能再发送。',
  'they-retired': '{{name}}已于{{date}}放弃这个身份。发给它的内容没有人会看到。',
} satisfies Words<typeof en>;
