import type en from '../en/addcontact';
import type { Words } from '../words';

export default {
  title: '添加联系人',
} satisfies Words<typeof en>;
