import type en from '../en/route';
import type { Words } from '../words';

export default {
  title: '线路走哪条路',
  any: '最好的路',
  relayed: '只经中继',
  network: '只在此网络内',
  inherited: '与所有人相同：{{route}}',
  anyText: '能直连就直连。线路接通时，联系人能看到这台电脑的地址。',
  relayedText: '联系人看不到这台电脑的地址，中继看得到。没有中继时不建立线路，消息封存在信箱里等候。',
  networkText: '只与同一私有网络内的电脑建立线路，不经任何服务器。在别处，消息封存后经信箱传送。',
  port: '直连线路的端口',
  portText: '“自动”适用于大多数路由器。',
  portAny: '自动',
  portChosen: '选择端口',
  portFirst: '第一个 UDP 端口',
  portRange: '新线路使用 UDP {{first}} 至 {{last}}。请在路由器中把这些端口放行到这台电脑。',
  portWrong: '请写一个 {{least}} 到 {{most}} 之间的数字。',
  proxy: '代理',
  proxySet: '设置',
  proxyChange: '更改',
  proxyText:
    '经它连接服务器，线路则以 TCP 经服务器的中继。任何数据都不会绕过它：没有直连线路，按域名的封禁也不会查询地址的名称。',
  proxyKind: { socks5: 'SOCKS 5', http: 'HTTP', https: 'HTTPS' },
  proxyPart: { kind: '类型', host: '主机', port: '端口', name: '用户名（如果需要）', password: '密码' },
  proxyWrong: '请写主机（如 proxy.example 或 192.0.2.7）和 1 到 65535 之间的端口。',
  proxyNameless: '密码需要它所属的用户名。',
  proxyUse: '使用',
  proxyNone: '不使用代理',
} satisfies Words<typeof en>;
