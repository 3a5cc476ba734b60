export default {
  title: '人与人之间的直通线',
  text: '不需要账号，也不需要电话号码。你的名字和密钥在这台电脑上生成，也只留在这里。',
  name: '大家怎么称呼你？',
  example: '小美',
  you: '你',
  direct: '直通线',
  color: '你的颜色',
  colors: '琥珀, 砖红, 橄榄, 松绿, 海蓝, 石板蓝, 梅紫, 锡灰',
  create: '创建我的线路',
  creating: '正在创建线路',
  failed: '线路没有创建成功。',
} as const;
