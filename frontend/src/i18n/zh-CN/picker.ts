import type en from '../en/picker';
import type { Words } from '../words';

export default {
  search: '搜索表情',
  groups: '分组',
  group: {
    recent: '最近使用',
    faces: '笑脸与情感',
    people: '人物与手势',
    nature: '动物与自然',
    food: '食物与饮料',
    travel: '旅行与地点',
    sport: '运动与娱乐',
    things: '物品',
    signs: '爱心与符号',
    flags: '旗帜',
  },
  found_other: '找到 {{count}} 个表情',
  nothing: '没有叫这个名字的表情',
  noFont:
    '这台电脑没有彩色表情字体：表情在这里显示为黑白或方框，对方能正常看到。请安装 Noto Color Emoji，然后重新启动 Tincan。',
  several: '按住 Shift 可连选',
  tones: '肤色',
  tone: {
    none: '黄色',
    light: '较浅肤色',
    mediumLight: '中等偏浅肤色',
    medium: '中等肤色',
    mediumDark: '中等偏深肤色',
    dark: '较深肤色',
  },
  toned: '{{name}}，{{tone}}',
} satisfies Words<typeof en>;
