import type en from '../en/manage';
import type { Words } from '../words';

export default {
  menu: '与{{name}}的会话',
  pin: '置顶',
  unpin: '取消置顶',
  moveUp: '上移',
  moveDown: '下移',
  markUnread: '标为未读',
  markRead: '标为已读',
  mute: '静音',
  unmute: '取消静音',
  archive: '归档',
  unarchive: '移回列表',
  clear: '清空消息…',
  leave: '删除会话…',
  leaveEmpty: '删除会话',
  forget: '忘记联系人…',
  pinned: '已置顶{{name}}。',
  unpinned: '已取消置顶{{name}}。',
  mutedNow: '已将{{name}}静音，不再通知。',
  unmuted: '已取消{{name}}的静音。',
  archived: '已归档。{{name}}来信时会回到列表。',
  archivedQuiet: '已归档。静音期间会一直留在那里。',
  unarchived: '与{{name}}的会话已回到列表。',
  deleted: '已删除与{{name}}的会话。',
  cleared: '已清空与{{name}}的消息。',
  forgotten: '已忘记{{name}}。',

  clearTitle: '清空与{{name}}的消息？',
  clearText: '这个会话的所有消息都会从这台电脑上抹去，搜索索引和历史的旧副本中也一样。',
  clearKept:
    '保留：联系人、线路、定时消失的设置，以及{{name}}那边的内容。这里只留下不含文字的签名头，使内容不会从对方那里再回来。',
  clearWaiting_other: '还在等{{name}}的 {{count}} 条消息仍会发出，送达后再从这里抹去。',
  clearConfirm: '清空消息',
  clearing: '正在清空',

  leaveTitle: '删除与{{name}}的会话？',
  leaveText: '所有消息和草稿都会从这台电脑上抹去，搜索索引和历史的旧副本中也一样，会话也会离开列表。',
  leaveKept:
    '保留：{{name}}仍是你的联系人，不会收到通知，也保留自己的内容。按 Ctrl K 可以找到对方。有新消息时会话会重新出现，之前的内容为空。',
  leaveForgotten: '保留：{{name}}那边的内容。这里只留下不含文字的签名头。',
  leaveConfirm: '删除会话',
  leaving: '正在删除',

  forgetTitle: '忘记{{name}}？',
  forgetText: '{{name}}将不再是你的联系人：线路会断开，双方看不到对方是否在线，{{name}}发来的内容也不会被接收。',
  forgetAsked: '你的请求到此为止：{{name}}的答复不会被接收。',
  forgetLost: '失去：你们互相验证的结果；仍在等{{name}}的内容不会发出。能联系到的服务器会被要求删除为对方保存的内容。',
  forgetKept:
    '保留：{{name}}不会收到通知，那边仍把你当作联系人，也保留自己的内容。邀请和封禁不变。{{name}}以后再来请求，与其他请求一样。',
  forgetChoice:
    '你与{{name}}的消息可以留在这里供阅读，也可以从这台电脑上抹去。若你们再次成为联系人，保留下来且仍在等待的消息会发出。',
  forgetKeep: '忘记，保留消息',
  forgetErase: '忘记并抹去',
  forgetting: '正在忘记',

  notUndone: '此操作无法撤销。你自己做的备份不会改变。',
  writeAgain: '{{name}}已不是联系人。要继续写消息，需要你们中的一方向对方发出请求。',
  ask: '添加联系人',
} satisfies Words<typeof en>;
